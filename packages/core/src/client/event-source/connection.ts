/**
 * The processing model of an event source.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.3 "Processing model" and section 9.2.6 "Interpreting an event
 * stream". What the standard does in parallel is one asynchronous loop here; each of its tasks is a turn of its own, so
 * the promises of one event's listeners are settled before the next event.
 */
import type { Environment } from '../../environment.ts'
import { EventTooLargeError } from '../../wire/errors.ts'
import type { ReceivedEvent } from '../../wire/event.ts'
import { EventStreamParser } from '../../wire/parse.ts'
import type { Transport } from './transport.ts'

export const CONNECTING = 0
export const OPEN = 1
export const CLOSED = 2
export type ReadyState = typeof CONNECTING | typeof OPEN | typeof CLOSED

/** One event source at work: from the first request until it is closed or has failed. */
export class Connection {
  readyState: ReadyState = CONNECTING
  /** Moves with the events as they are dispatched, so a listener sees that of its own event. */
  lastEventId = ''
  /** 3 s, as in browsers, until the stream says otherwise. */
  reconnectionTime = 3_000

  readonly #transport: Transport
  readonly #dispatch: (event: Event) => void
  readonly #environment: Environment
  readonly #parser: EventStreamParser
  /** What was parsed and has no task yet. */
  #events: ReceivedEvent[] = []
  #timer: unknown
  /** How many connections in a row brought no event. */
  #vain = 0

  constructor(transport: Transport, dispatch: (event: Event) => void, environment: Environment) {
    this.#transport = transport
    this.#dispatch = dispatch
    this.#environment = environment
    this.#parser = new EventStreamParser({
      onEvent: (event) => this.#events.push(event),
      onRetry: (milliseconds) => (this.reconnectionTime = milliseconds),
    })
  }

  /** Connect, not at once but in this turn, and again whenever the connection is lost. Never rejects. */
  async run(): Promise<void> {
    await Promise.resolve()
    while (!this.#closed()) {
      const again = await this.#connect()
      this.#transport.close()
      if (await this.#closedAfterTask()) return
      this.readyState = again && this.#transport.reopens ? CONNECTING : CLOSED
      this.#dispatch(new Event('error'))
      if (this.#closed()) break
      // Never resolves once closed, since that takes the timer away.
      await new Promise<void>((resolve) => (this.#timer = this.#environment.setTimer(resolve, this.#delay())))
    }
  }

  /** Nothing is dispatched from here on, also of what has been parsed already. */
  close(): void {
    this.readyState = CLOSED
    this.#environment.clearTimer(this.#timer)
    this.#transport.close()
  }

  // One connection, from the request to the end of its body. True when it is to be reestablished.
  async #connect(): Promise<boolean> {
    this.#vain++
    try {
      const origin = await this.#transport.open(this.lastEventId)
      if (!origin || (await this.#closedAfterTask())) return false
      this.readyState = OPEN
      this.#dispatch(new Event('open'))
      await this.#interpret(origin)
      return true
    } catch (error) {
      // An aborted fetch fails the connection, any other network error reestablishes it. What was too large would be again.
      return !(error instanceof EventTooLargeError || (error as Error | undefined)?.name === 'AbortError')
    }
  }

  async #interpret(origin: string): Promise<void> {
    const { reader } = this.#transport
    // What a connection before this one left unfinished is discarded.
    this.#parser.end()
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
    const events = this.#events
    this.#events = []
    let taken = 0
    await new Promise<void>((resolve) => {
      const task = (): void => {
        const { event, data, id } = events[taken++] as ReceivedEvent
        if (taken === events.length) resolve()
        if (this.#closed()) return
        this.#vain = 0
        this.lastEventId = id
        this.#dispatch(new MessageEvent(event, { data, origin, lastEventId: id }))
      }
      if (events.length === 0) resolve()
      for (const _ of events) this.#environment.afterTurn(task)
    })
    // A block without data may have moved it on. Once closed, it stays that of the last event that was dispatched.
    if (!this.#closed()) this.lastEventId = this.#parser.lastEventId
  }

  // The reconnection time, and a floor that grows with vain attempts: `retry: 0` must not become a busy loop.
  #delay(): number {
    const floor = this.#vain && Math.min(3_000, 50 * 2 ** this.#vain)
    return Math.max(this.reconnectionTime, floor)
  }

  async #closedAfterTask(): Promise<boolean> {
    await new Promise<void>((resolve) => this.#environment.afterTurn(resolve))
    return this.#closed()
  }

  #closed(): boolean {
    return this.readyState === CLOSED
  }
}
