import { InvalidFieldError } from '@holdfast/core'
import { callSafely } from '@holdfast/core/adapter'
import {
  type Broker,
  BrokerClosedError,
  type BrokerEvent,
  type BrokerListener,
  type BrokerSignals,
  type StoredEvent,
} from '@holdfast/core/hub'
import { ObjectSocket } from './object-socket.ts'
import { HubObjects, type HubNamespace } from './namespace.ts'
import { type Control, isBatch, parseBatch, type SocketOwner } from '../protocol.ts'

/** How a {@link DurableObjectBroker} subscribes. */
export interface DurableObjectBrokerOptions {
  /** For whom: an event stream counts and can be disconnected. Default a reader. */
  subscriber?: SocketOwner | undefined
  /** Called when the object wants the event stream closed. */
  onDisconnect?: (() => void) | undefined
}

// SQLite in an object takes 2 MB a row. Packing adds a little, escaping at most five characters each.
const mostBytes = 1_900_000

/**
 * A broker over topics' objects, for one request of a Worker: publishing and reading are calls, each subscription is a
 * WebSocket of its own. What was lost with a connection is told when the next one is there.
 */
export class DurableObjectBroker implements Broker {
  readonly #objects: HubObjects
  readonly #options: DurableObjectBrokerOptions
  readonly #sockets = new Set<ObjectSocket>()
  /** The newest event of topics that were just subscribed to, until something else is known. */
  readonly #lasts = new Map<string, StoredEvent>()
  #closed = false

  constructor(namespace: HubNamespace, options: DurableObjectBrokerOptions = {}) {
    this.#objects = new HubObjects(namespace)
    this.#options = options
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    this.#checkOpen()
    signal?.throwIfAborted()
    const packable = events.map(checkSize)
    const { position, duplicate } = await this.#objects.call({ topic }, (stub) => stub.publish(packable, key))
    return { position, duplicate }
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    const last = this.#lasts.get(topic)
    this.#lasts.delete(topic)
    // A hub asks for the event at the head first, to see whether the topic has ended: a request less for each stream.
    if (
      last &&
      after !== 'earliest' &&
      after.epoch === last.position.epoch &&
      after.offset === last.position.offset - 1
    ) {
      return { events: [last], head: last.position, more: false }
    }
    const { batch, head, more, gap } = await this.#objects.call({ topic }, (stub) => stub.read(after, limit))
    const page = { events: batch === undefined ? [] : parseBatch(batch), head, more }
    return gap ? { ...page, gap } : page
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    const subscriber = this.#options.subscriber ?? { kind: 'reader' }
    const socket = new ObjectSocket(this.#objects, { topic }, subscriber, {
      onMessage: (text) => this.#receive(topic, text, listener),
      onBack: (reason) => listener.onLost(reason),
    })
    const { head, last } = await this.#open(socket)
    if (last) this.#lasts.set(topic, last)
    return { head, unsubscribe: async () => this.#leave(socket) }
  }

  count(topic: string): Promise<number> {
    return this.#objects.call({ topic }, (stub) => stub.count())
  }

  /** A line to one hub at a time: the object named after it. Nothing reaches all hubs, since nobody knows them. */
  readonly signals: BrokerSignals = {
    send: async (hubId, text) => {
      this.#checkOpen()
      if (hubId !== '*') await this.#objects.call({ connection: hubId }, (stub) => stub.signal(text))
    },
    listen: async (hubId, receive) => {
      const socket = this.#line({ connection: hubId }, (control) => 'signal' in control && receive(control.signal))
      await this.#open(socket)
      return async () => this.#leave(socket)
    },
  }

  /** Be told when an identity shall be disconnected. */
  async listenFor(identity: string): Promise<void> {
    await this.#open(this.#line({ identity }, (control) => 'disconnect' in control && this.#options.onDisconnect?.()))
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    for (const socket of this.#sockets) this.#leave(socket)
    this.#lasts.clear()
  }

  #line(subject: { identity: string } | { connection: string }, receive: (control: Control) => void): ObjectSocket {
    return new ObjectSocket(
      this.#objects,
      subject,
      { kind: 'line' },
      {
        onMessage: (text) => receive(JSON.parse(text) as Control),
        onBack: () => {},
      },
    )
  }

  async #open(socket: ObjectSocket): ReturnType<ObjectSocket['open']> {
    this.#checkOpen()
    this.#sockets.add(socket)
    try {
      const hello = await socket.open()
      this.#checkOpen()
      return hello
    } catch (error) {
      this.#leave(socket)
      throw error
    }
  }

  #leave(socket: ObjectSocket): void {
    this.#sockets.delete(socket)
    socket.close()
  }

  #receive(topic: string, text: string, listener: BrokerListener): void {
    if (isBatch(text)) {
      this.#lasts.delete(topic)
      // What it throws must not keep the rest of a batch from it.
      for (const event of parseBatch(text)) callSafely(() => listener.onEvent(event))
    } else if ('disconnect' in (JSON.parse(text) as Control)) {
      this.#options.onDisconnect?.()
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }
}

/** @throws {InvalidFieldError} the event does not fit into a row */
function checkSize(event: BrokerEvent): BrokerEvent {
  const { data, event: type = '' } = event
  const atMost = 6 * (data.length + type.length)
  if (atMost > mostBytes && new TextEncoder().encode(JSON.stringify([data, type])).length > mostBytes) {
    throw new InvalidFieldError('data', `Cannot publish: an event must not take more than ${mostBytes} bytes`)
  }
  return event
}
