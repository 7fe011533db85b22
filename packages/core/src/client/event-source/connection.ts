/**
 * The processing model of an event source.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.3 "Processing model" and section 9.2.6 "Interpreting an event
 * stream". What the standard does in parallel is one asynchronous loop here; each of its tasks is a turn of its own, so
 * the promises of one event's listeners are settled before the next event.
 */
import type { Timers } from '../../clock.ts'
import type { Turns } from '../../turns.ts'
import { EventTooLargeError } from '../../wire/errors.ts'
import type { ReceivedEvent } from '../../wire/event.ts'
import { EventStreamParser } from '../../wire/parse.ts'
import type { Transport } from './transport.ts'

export const CONNECTING = 0
export const OPEN = 1
export const CLOSED = 2
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSED

/** What an event source takes from the world around it. */
export interface World extends Timers, Pick<Turns, 'afterTurn'> {}

/** One event source at work: from the first request until it is closed or has failed. */
export class Connection {
  readyState: ReadyState = CONNECTING
  /** Moves with the events as they are dispatched, so a listener sees that of its own event. */
  lastEventId = ''

  readonly #transport: Transport
  readonly #dispatch: (event: Event) => void
  readonly #world: World
  readonly #parser: EventStreamParser
  /** What was parsed and has no task yet. */
  readonly #events: ReceivedEvent[] = []
  #timer: unknown
  /** How many connections in a row brought no event, and the one before them. */
  #attempts = 0

  constructor(transport: Transport, dispatch: (event: Event) => void, world: World) {
    this.#transport = transport
    this.#dispatch = dispatch
    this.#world = world
    this.#parser = new EventStreamParser({
      onEvent: (event) => this.#events.push(event),
    })
  }

  /** 3 s, as in browsers, until the stream says otherwise. */
  get reconnectionTime(): number {
    return this.#parser.reconnectionTime ?? 3_000
  }

  /** Connect, not at once but in this turn, and again whenever the connection is lost. Never rejects. */
  async run(): Promise<void> {
    await Promise.resolve()
    while (!this.#closed()) {
      const cause = await this.#connect().catch((error: unknown) => error)
      this.#transport.close()
      if (await this.#closedAfterTask()) return
      const { reopens, status } = this.#transport
      // An aborted fetch fails the connection, and what was too large would be again.
      const isFinal = cause instanceof EventTooLargeError || (cause as Error | undefined)?.name === 'AbortError'
      this.readyState = reopens && !isFinal ? CONNECTING : CLOSED
      this.#dispatch(Object.assign(new Event('error'), { status, cause }))
      if (this.#closed()) return
      // The standard lets a client wait longer: `retry: 0` must not become a busy loop.
      const delay = Math.max(this.reconnectionTime, Math.min(3_000, 50 * 2 ** this.#attempts))
      // Never resolves once closed, since that takes the timer away.
      await new Promise<void>((resolve) => (this.#timer = this.#world.setTimer(resolve, delay)))
    }
  }

  /** Nothing is dispatched from here on, also of what has been parsed already. */
  close(): void {
    this.readyState = CLOSED
    this.#world.clearTimer(this.#timer)
    this.#transport.close()
  }

  // One connection, from the request to the end of its body.
  async #connect(): Promise<void> {
    this.#attempts++
    const origin = await this.#transport.open(this.lastEventId)
    if (await this.#closedAfterTask()) return
    this.readyState = OPEN
    this.#dispatch(new Event('open'))
    // What a connection before this one left unfinished is discarded.
    this.#parser.end()
    const { reader } = this.#transport
    while (!this.#closed()) {
      const result = await reader?.read()
      if (!result?.value) return
      try {
        this.#parser.push(result.value)
      } finally {
        // Before more is read: a slow listener holds the stream back, and events before a fault are not lost.
        await this.#dispatchAll(origin)
      }
    }
  }

  // The tasks are queued together: one after the other would cost several times as much on Node 26. Each takes the next
  // event, since turns asked for at once need not come in their order.
  async #dispatchAll(origin: string): Promise<void> {
    const events = this.#events.splice(0)
    let taken = 0
    const task = async (): Promise<void> => {
      if (await this.#closedAfterTask()) return
      const { event, data, id } = events[taken++] as ReceivedEvent
      this.#attempts = 1
      this.lastEventId = id
      this.#dispatch(new MessageEvent(event, { data, origin, lastEventId: id }))
    }
    await Promise.all(events.map(task))
    // A block without data may have moved it on. Once closed, it stays that of the last event that was dispatched.
    if (!this.#closed()) this.lastEventId = this.#parser.lastEventId
  }

  async #closedAfterTask(): Promise<boolean> {
    await new Promise<void>((resolve) => this.#world.afterTurn(resolve))
    return this.#closed()
  }

  #closed(): boolean {
    return this.readyState === CLOSED
  }
}
