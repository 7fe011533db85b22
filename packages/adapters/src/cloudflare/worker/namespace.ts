import { HoldfastError } from '@holdfast/core'
import { BrokerUnavailableError } from '@holdfast/core/hub'
import type { ObjectCalls } from '../protocol.ts'

/** What a hub uses of one topic's object. */
export interface HubStub extends ObjectCalls {
  fetch(request: Request): Promise<Response>
  fetch(url: string, init?: { headers?: Record<string, string> }): Promise<Response>
}

/** A binding to objects of the class `HubObject` or a subclass of it. Structural, so that nobody needs one version of Cloudflare's types. */
export interface HubNamespace {
  getByName(name: string): unknown
}

/** What an object is about. */
export type Subject = { topic: string } | { identity: string } | { connection: string }

/** The objects behind a binding. */
export class HubObjects {
  readonly #namespace: HubNamespace

  constructor(namespace: HubNamespace) {
    this.#namespace = namespace
  }

  /**
   * Call an object.
   *
   * @throws {BrokerUnavailableError} it cannot be reached, was reset while it answered, or failed
   */
  async call<T>(subject: Subject, action: (stub: HubStub) => Promise<T>): Promise<T> {
    try {
      // A stub that has failed once may stay broken, and making one costs nothing: no request is made here.
      return await action(this.#namespace.getByName(nameOf(subject)) as HubStub)
    } catch (cause) {
      if (cause instanceof HoldfastError) throw cause
      throw new BrokerUnavailableError('Cannot reach the object of the topic', { cause })
    }
  }
}

// A topic has its own name, so that an application finds its object. Other objects' names begin with LF; a topic's own LF
// is doubled, so that no two subjects share an object.
function nameOf(subject: Subject): string {
  if ('topic' in subject) return subject.topic.startsWith('\n') ? `\n${subject.topic}` : subject.topic
  return 'identity' in subject ? `\nidentity:${subject.identity}` : `\nconnection:${subject.connection}`
}
