import { callSafely } from '../report.ts'
import { ConnectionError } from './errors.ts'
import type { PositionWriter } from './position-writer.ts'
import type { Entry, EntryQueue } from './queue.ts'
import type { ConnectOptions, StandardSchema, TopicEvent } from './types.ts'

type Listener = (event: TopicEvent) => void

/** What consuming asks of its connection. */
export interface ConsumerOwner {
  readonly options: ConnectOptions
  close(): void
  fail(error: ConnectionError): void
}

/** Hands what was accepted to the application: to one loop, or to listeners while there is none. */
export class Consumer {
  /** Of the last event handed out. */
  lastEventId = ''
  /** What the iteration ends with, instead of just ending. */
  failure: { error: unknown } | undefined
  readonly #queue: EntryQueue
  readonly #owner: ConsumerOwner
  readonly #writer: PositionWriter | undefined
  readonly #listeners = new Map<string, Set<Listener>>()
  #turn: Promise<unknown> = Promise.resolve()
  #iterating = false
  #pumping = false

  constructor(queue: EntryQueue, owner: ConsumerOwner, writer: PositionWriter | undefined) {
    this.#queue = queue
    this.#owner = owner
    this.#writer = writer
  }

  on(type: string, listener: Listener): () => void {
    let listeners = this.#listeners.get(type)
    if (!listeners) this.#listeners.set(type, (listeners = new Set()))
    // The same function twice is two listeners.
    const own: Listener = (event) => listener(event)
    listeners.add(own)
    void this.#pump()
    return () => {
      listeners.delete(own)
      if (listeners.size === 0 && this.#listeners.get(type) === listeners) this.#listeners.delete(type)
    }
  }

  iterate(): AsyncIterator<TopicEvent> {
    this.#iterating = true
    return {
      // Calls that overlap are answered in their order.
      next: () => {
        const pull = (): Promise<IteratorResult<TopicEvent>> => this.#pull()
        const result = this.#turn.then(pull)
        this.#turn = result.catch(() => {})
        return result
      },
      return: () => {
        this.#owner.close()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  async #pull(): Promise<IteratorResult<TopicEvent>> {
    this.#done()
    for (;;) {
      await this.#queue.entry()
      const entry = this.#queue.take()
      if (!entry) break
      const event = await this.#hand(entry)
      if (event) return { value: event, done: false }
    }
    this.#writer?.close()
    const { failure } = this
    this.failure = undefined
    if (failure) throw failure.error
    return { value: undefined, done: true }
  }

  // Without a loop and without a listener nothing is taken, and so nothing is lost.
  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    while (this.#listeners.size > 0 && !this.#iterating) {
      await this.#queue.entry()
      if (this.#iterating || this.#listeners.size === 0) break
      const entry = this.#queue.take()
      if (!entry) {
        this.#writer?.close()
        break
      }
      await this.#hand(entry)
      this.#done()
    }
    this.#pumping = false
  }

  async #hand({ id, event, gap }: Entry): Promise<TopicEvent | undefined> {
    if (event && this.#owner.options.schema && !(await this.#validate(event))) return undefined
    this.lastEventId = id
    if (gap) callSafely(this.#owner.options.onGap, gap)
    if (event) for (const listener of this.#listeners.get(event.event) ?? []) callSafely(listener, event)
    else this.#done()
    return event
  }

  /** What was handed out has been dealt with. */
  #done(): void {
    if (this.lastEventId) this.#writer?.put(this.lastEventId)
  }

  async #validate(event: TopicEvent): Promise<boolean> {
    const schema = schemaFor(this.#owner.options.schema, event.event)
    if (!schema) return true
    let cause: unknown
    try {
      const result = await schema['~standard'].validate(event.json())
      if (!result.issues) {
        event.json = <T>() => result.value as T
        return true
      }
      cause = result.issues
    } catch (error) {
      cause = error
    }
    this.#owner.fail(new ConnectionError('invalid-event', { cause }))
    return false
  }
}

function schemaFor(schema: ConnectOptions['schema'], type: string): StandardSchema | undefined {
  if (!schema) return undefined
  return '~standard' in schema ? (schema as StandardSchema) : Object.hasOwn(schema, type) ? (schema as Record<string, StandardSchema>)[type] : undefined
}
