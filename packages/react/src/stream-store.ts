import {
  connect,
  type ConnectOptions,
  type Endpoints,
  type EndpointsFunction,
  type EventConnection,
  shared,
  type Status,
  type TopicEvent,
} from '@holdfast/core/client'

/** What a component sees of a stream, as it is between two events. */
export interface Snapshot<State> {
  readonly events: readonly TopicEvent[]
  readonly last: TopicEvent | undefined
  readonly reduced: State
  readonly status: Status
  /** What it cannot be opened for. */
  readonly failure: { readonly error: unknown } | undefined
}

/** How a stream is read. */
export interface StreamPlan<State> {
  endpoints: Endpoints | EndpointsFunction
  options: ConnectOptions
  isShared: boolean
  /** How many events are kept. */
  limit: number
  initial: State
  reduce: ((state: State, event: TopicEvent) => State) | undefined
}

/**
 * How long nobody must look before a stream is closed, and how long a set of topics must stand before it is opened, in
 * milliseconds: StrictMode takes an effect back and does it again, and a search field changes with each letter.
 */
const settleTime = 50

/** One stream, outside of React: opened while somebody looks, and told to components once for all events of a turn. */
export class StreamStore<State> {
  readonly #plan: StreamPlan<State>
  readonly #listeners = new Set<() => void>()
  #connection: EventConnection | undefined
  #snapshot: Snapshot<State>
  #timer: ReturnType<typeof setTimeout> | undefined
  #arrived: TopicEvent[] = []
  #status: Status
  #isTelling = false
  #failure: Snapshot<State>['failure']
  /** Where it goes on when somebody looks again: also where no event has come yet. */
  #lastEventId = ''

  constructor(plan: StreamPlan<State>) {
    this.#plan = plan
    // Nobody is asked yet.
    this.#status = { state: 'connecting', endpoint: '' }
    this.#snapshot = { events: [], last: undefined, reduced: plan.initial, status: this.#status, failure: undefined }
  }

  readonly snapshot = (): Snapshot<State> => this.#snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#settle()
    return () => {
      this.#listeners.delete(listener)
      this.#settle()
    }
  }

  #settle(): void {
    clearTimeout(this.#timer)
    const isWanted = this.#listeners.size > 0
    if (isWanted === (this.#connection !== undefined)) return
    this.#timer = setTimeout(() => (isWanted ? this.#open() : this.#close()), settleTime)
  }

  #open(): void {
    const { endpoints, options, isShared } = this.#plan
    const lastEventId = this.#lastEventId || options.lastEventId
    const connection = this.#try(() => (isShared ? shared : connect)(endpoints, { ...options, lastEventId }))
    if (!connection) return
    this.#connection = connection
    connection.on('*', (event) => {
      this.#arrived.push(event)
      this.#tellSoon()
    })
    connection.onStatus(() => {
      this.#status = connection.status
      this.#tellSoon()
    })
  }

  // Nobody could catch it here: whoever renders throws it.
  #try(open: () => EventConnection): EventConnection | undefined {
    try {
      return open()
    } catch (error) {
      this.#failure = { error }
      this.#tellSoon()
      return undefined
    }
  }

  #close(): void {
    this.#lastEventId = this.#connection?.lastEventId || this.#lastEventId
    this.#connection?.close()
    this.#connection = undefined
  }

  #tellSoon(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => this.#tell())
  }

  #tell(): void {
    this.#isTelling = false
    const { limit, reduce } = this.#plan
    const arrived = this.#arrived
    this.#arrived = []
    const { events, last, reduced } = this.#snapshot
    this.#snapshot = {
      events: limit > 0 && arrived.length > 0 ? [...events, ...arrived].slice(-limit) : events,
      last: arrived.at(-1) ?? last,
      reduced: reduce ? arrived.reduce(reduce, reduced) : reduced,
      status: this.#status,
      failure: this.#failure,
    }
    for (const listener of this.#listeners) listener()
  }
}
