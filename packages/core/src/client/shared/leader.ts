import { Timer, type Clock } from '../../clock.ts'
import { formatPositionId, maxTopics, parsePositionId, topicKey } from '../../wire/position.ts'
import { connect } from '../connect.ts'
import type { Status } from '../status.ts'
import type {
  ConnectionGap,
  ConnectOptions,
  Endpoints,
  EndpointsFunction,
  EventConnection,
  TopicEvent,
} from '../types.ts'
import { withTopics } from './asked.ts'
import type { Message, Post } from './messages.ts'
import { Recent } from './recent.ts'

/** How long to wait for more tabs before the connection is opened: a restored session opens many at once. */
const gather = 50
/** A tab that asks for nothing for so long is gone: hidden ones are let to run once a minute. */
const absence = 200_000

type Join = Extract<Message, { type: 'join' }>

/** The connection that a leader holds. */
export interface Held {
  endpoints: Endpoints | EndpointsFunction
  options: ConnectOptions
  clock: Clock
}

interface Place {
  topics: readonly string[]
  heardAt: number
}

/** Holds the connection of all tabs, and passes on what it brings. */
export class Leader {
  readonly id: string
  readonly #endpoints: Endpoints | EndpointsFunction
  readonly #options: ConnectOptions
  readonly #post: Post
  readonly #clock: Clock
  readonly #seats = new Map<string, Place>()
  #recent = new Recent()
  readonly #opening: Timer
  /** What the connection is asked for, or is about to be. */
  readonly #topics = new Set<string>()
  /** Streams that wait for the connection to be opened for them. */
  #joining: Join[] = []
  #connection: EventConnection | undefined
  #state: 'closed' | 'opening' | 'open' | 'lost' = 'closed'

  constructor(id: string, { endpoints, options, clock }: Held, post: Post) {
    this.id = id
    this.#endpoints = endpoints
    this.#options = options
    this.#post = post
    this.#clock = clock
    this.#opening = new Timer(clock, () => this.#open())
    post({ type: 'leader', leader: id })
  }

  join(join: Join): void {
    const { seat, topics, id } = join
    const news = topics.filter((topic) => !this.#topics.has(topic))
    const canHold = this.#topics.size + news.length <= maxTopics
    if (!canHold || this.#state === 'lost') return this.#post({ type: 'elsewhere', seat })
    for (const topic of news) this.#adopt(topic, id)
    this.#seats.set(seat, { topics, heardAt: this.#clock.now() })
    if (news.length > 0 || this.#state === 'closed') this.#openSoon()
    if (this.#state !== 'opening') return this.#answer(join)
    this.#joining.push(join)
    this.#post({ type: 'pong', seat, isWell: false })
  }

  leave(seat: string): void {
    this.#seats.delete(seat)
    // The last one takes the connection with it; others leave topics behind, which cost less than to connect anew.
    if (this.#seats.size > 0) return
    this.#close()
    this.#topics.clear()
    this.#recent = new Recent()
  }

  /** A tab is there, and wants to know whether the leader is. */
  ping(seat: string): void {
    const place = this.#seats.get(seat)
    if (!place) return this.#post({ type: 'elsewhere', seat })
    place.heardAt = this.#clock.now()
    for (const [other, { heardAt }] of this.#seats) if (place.heardAt - heardAt > absence) this.leave(other)
    this.#post({ type: 'pong', seat, isWell: this.#state === 'open' })
  }

  /** Not the leader any more. Idempotent. */
  stop(): void {
    this.#close()
    this.#post({ type: 'dissolved', leader: this.id })
  }

  #answer({ seat, topics, id }: Join): void {
    const missed = this.#missedBy(id, topics)
    if (missed) return this.#post({ type: 'joined', leader: this.id, seat, missed, id: this.#standOf(topics) })
    this.#seats.delete(seat)
    this.#post({ type: 'elsewhere', seat })
  }

  #answerAll(): void {
    const joining = this.#joining
    this.#joining = []
    for (const join of joining) if (this.#seats.has(join.seat)) this.#answer(join)
  }

  #missedBy(id: string, topics: readonly string[]): ReturnType<Recent['after']> {
    this.#absorb()
    if (id === '') return []
    const positions = parsePositionId(id)?.positions
    return positions ? this.#recent.after(positions, topics) : this.#recent.afterOpaque(id)
  }

  // The first one to come with a topic says from where.
  #adopt(topic: string, id: string): void {
    const key = topicKey(topic)
    const position = parsePositionId(id)?.positions.get(key)
    if (position) this.#recent.begin(key, position)
    this.#topics.add(topic)
  }

  // Where the connection stands in these topics: what a stream that joins now has got, once it has what it missed.
  #standOf(topics: readonly string[]): string {
    const keys = topics.map(topicKey)
    const positions = [...this.#recent.heads].filter(([key]) => topics.length === 0 || keys.includes(key))
    return positions.length > 0 ? formatPositionId(undefined, new Map(positions)) : ''
  }

  #openSoon(): void {
    this.#state = 'opening'
    if (!this.#opening.isSet) this.#opening.set(gather)
  }

  #open(): void {
    this.#absorb()
    this.#connection?.close()
    const id = this.#standOf([...this.#topics])
    const connection = connect(this.#endpointsFor([...this.#topics]), {
      ...this.#options,
      lastEventId: id === '' ? undefined : id,
      onGap: (gap) => this.#passGap(gap),
    })
    this.#connection = connection
    connection.on('*', (event) => this.#pass(event))
    connection.onStatus((status) => this.#connection === connection && this.#watch(status))
  }

  #endpointsFor(topics: readonly string[]): Endpoints | EndpointsFunction {
    const endpoints = this.#endpoints
    if (topics.length === 0) return endpoints
    if (typeof endpoints !== 'function') return withTopics(endpoints, topics)
    return async () => withTopics(await endpoints(), topics)
  }

  #close(): void {
    this.#opening.clear()
    this.#connection?.close()
    this.#connection = undefined
    this.#state = 'closed'
  }

  // Checkpoints move a connection on without an event.
  #absorb(): void {
    for (const [key, position] of parsePositionId(this.#connection?.lastEventId ?? '')?.positions ?? []) {
      this.#recent.begin(key, position)
    }
  }

  #pass({ topic, event, data, id }: TopicEvent): void {
    const relayed = this.#recent.take(topic, { event, data, id })
    if (relayed) this.#post({ type: 'event', leader: this.id, relayed })
  }

  #passGap(gap: ConnectionGap): void {
    for (const [key, position] of parsePositionId(gap.to)?.positions ?? []) this.#recent.begin(key, position)
    this.#post({ type: 'gap', leader: this.id, ...gap })
  }

  #watch(status: Status): void {
    const { state } = status
    if (this.#opening.isSet) return
    if (state === 'open' || state === 'polling') this.#state = 'open'
    if (state === 'lost' || state === 'suspect' || state === 'closed') this.#state = 'lost'
    if (this.#state === 'lost') for (const { seat } of this.#joining.splice(0)) this.#post({ type: 'elsewhere', seat })
    else if (this.#state === 'open') this.#answerAll()
    if (state === 'closed') this.#over(status)
  }

  #over({ reason, error }: Extract<Status, { state: 'closed' }>): void {
    this.#connection = undefined
    if (reason === 'done' || reason === 'no-content') this.#post({ type: 'over', leader: this.id, end: 'done' })
    else if (error?.code === 'source-failed') this.#post({ type: 'over', leader: this.id, end: 'failed' })
    // Each tab finds out by itself what is wrong.
    else this.#post({ type: 'dissolved', leader: this.id })
  }
}
