import { type Clock, Timer } from '../../clock.ts'
import { watchPage } from '../page.ts'
import { Election, type Locks } from './election.ts'
import { JoinedStream } from './joined-stream.ts'
import { type Held, Leader } from './leader.ts'
import type { Message, Post, Seat } from './messages.ts'

/** How often a tab asks whether its leader is there, and how long an answer may take. Messages are not held back in hidden tabs. */
const pingInterval = 1_500
const answerTime = 2_500
/** Tabs that miss the same leader do not all follow it at the same time. */
const takeOverSpread = 300

/** Asked of a leader, and not answered yet. */
interface Question extends Seat {
  id: string
  answer(stream: JoinedStream | undefined): void
}

/** What a tab is made of. */
export interface TabParts {
  /** The name of those who share. */
  group: string
  /** What it holds when it leads. */
  held: Held
  locks: Locks
}

/** One tab among others: reads through the leader, and is it when its turn has come. */
export class Tab {
  readonly #name: string = crypto.randomUUID()
  readonly #clock: Clock
  readonly #channel: BroadcastChannel
  readonly #election: Election
  readonly #streams = new Map<string, JoinedStream>()
  readonly #questions = new Map<string, Question>()
  readonly #pinging: Timer
  /** Runs while an answer is due. */
  readonly #missing: Timer
  readonly #over = new AbortController()
  #leader: Leader | undefined

  constructor({ group, held, locks }: TabParts) {
    const { clock } = held
    this.#clock = clock
    this.#pinging = new Timer(clock, () => this.#ping())
    this.#missing = new Timer(clock, () => this.#miss())
    this.#channel = new BroadcastChannel(group)
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data)
    this.#election = new Election(locks, group, {
      onElected: () => void (this.#leader = new Leader(this.#name, held, this.#post)),
      onDeposed: () => {
        this.#resign()
        this.#election.stand()
      },
    })
    // Nothing runs in the back/forward cache.
    watchPage({ onHide: () => this.#resign(), onShow: () => this.#election.stand() }, this.#over.signal)
    this.#election.stand()
  }

  /**
   * Read what follows on `id` in these topics.
   *
   * @returns undefined where the leader cannot bring it: a connection of its own is needed then
   */
  join(topics: readonly string[], id: string): Promise<JoinedStream | undefined> {
    const seat = crypto.randomUUID()
    return new Promise((resolve) => {
      const answer = (stream: JoinedStream | undefined): void => {
        this.#questions.delete(seat)
        resolve(stream)
      }
      this.#questions.set(seat, { seat, topics, id, answer })
      this.#post({ type: 'join', seat, topics, id })
      this.#await()
      if (!this.#pinging.isSet) this.#pinging.set(pingInterval)
    })
  }

  /** Idempotent. */
  close(): void {
    if (this.#over.signal.aborted) return
    this.#over.abort()
    for (const stream of this.#streams.values()) stream.close()
    for (const { answer } of this.#questions.values()) answer(undefined)
    this.#pinging.clear()
    this.#missing.clear()
    this.#resign()
    // What was posted just now still has to leave.
    this.#clock.setTimer(() => this.#channel.close(), 0)
  }

  // Also to this tab itself, which may be the leader.
  readonly #post: Post = (message) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
    this.#channel.postMessage(message)
    void Promise.resolve().then(() => this.#hear(message))
  }

  #hear(message: Message): void {
    // Its channel is closed a moment after it.
    if (this.#over.signal.aborted) return
    this.#lead(message)
    this.#follow(message)
  }

  #lead(message: Message): void {
    if (message.type === 'join') this.#leader?.join(message)
    else if (message.type === 'leave') this.#leader?.leave(message.seat)
    else if (message.type === 'ping') this.#leader?.ping(message.seat)
  }

  #follow(message: Message): void {
    if ('seat' in message) this.#hearOfSeat(message)
    else if (message.type === 'leader') this.#meet(message.leader)
    else for (const stream of this.#streams.values()) if (stream.leader === message.leader) stream.hear(message)
  }

  // Streams of another leader are asked for anew, by the connection that reads them.
  #meet(leader: string): void {
    for (const stream of this.#streams.values()) if (stream.leader !== leader) stream.fail('another tab leads')
    for (const { seat, topics, id } of this.#questions.values()) this.#post({ type: 'join', seat, topics, id })
    this.#await()
  }

  #hearOfSeat(message: Extract<Message, { seat: string }>): void {
    const stream = this.#streams.get(message.seat)
    const question = this.#questions.get(message.seat)
    if (!stream && !question) return
    if (message.type === 'joined') return this.#take(message)
    if (message.type === 'pong' && message.isWell) stream?.beat()
    if (message.type === 'elsewhere') {
      stream?.fail('the leader does not know it')
      question?.answer(undefined)
    }
    if (message.type === 'pong' || message.type === 'elsewhere') this.#heard()
  }

  #take(message: Extract<Message, { type: 'joined' }>): void {
    const question = this.#questions.get(message.seat)
    if (!question) return
    const { seat } = question
    const stream = new JoinedStream(question, message, () => {
      this.#streams.delete(seat)
      this.#post({ type: 'leave', seat })
    })
    this.#streams.set(seat, stream)
    this.#heard()
    question.answer(stream)
  }

  #ping(): void {
    const seats = [...this.#streams.keys(), ...this.#questions.keys()]
    if (seats.length === 0) return
    for (const seat of seats) this.#post({ type: 'ping', seat })
    this.#pinging.set(pingInterval)
    this.#await()
  }

  #await(): void {
    if (!this.#missing.isSet) this.#missing.set(answerTime + this.#clock.random() * takeOverSpread)
  }

  #heard(): void {
    this.#missing.clear()
    if (this.#questions.size > 0) this.#await()
  }

  // The leader is frozen, or so busy that another one serves better. Its lock goes to whoever takes it.
  #miss(): void {
    if (this.#questions.size > 0 || this.#streams.size > 0) this.#election.takeOver()
    this.#await()
  }

  #resign(): void {
    this.#leader?.stop()
    this.#leader = undefined
    this.#election.withdraw()
  }
}
