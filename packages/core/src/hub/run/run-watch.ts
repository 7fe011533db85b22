import type { Environment } from '../../environment.ts'
import type { Deadline, DeadlineWheel } from '../../fanout/deadlines.ts'
import type { Broker, StoredEvent } from '../broker/broker.ts'
import { announcesHeir, type RunSign, signOf } from '../entries.ts'
import { readHead, readState, runningIn } from '../topic-state.ts'
import type { TopicSubscription } from '../topic-subscription.ts'

/** What a {@link RunWatch} is made from. */
export interface RunWatchParts {
  subscription: TopicSubscription
  broker: Pick<Broker, 'read'>
  environment: Environment
  wheel: DeadlineWheel
  /** After which part of a lease without a sign the producer counts as dead. */
  share: number
  /** Whether one who waits to take the run over counts as a sign too. */
  heedsHeirs: boolean
  /** The producer is dead, for all that is known. */
  onSilent(run: RunSign): Promise<unknown>
  onError(error: unknown): void
}

/**
 * Notices that the producer of a topic has died: no sign of its run came for its lease, while the log could be heard.
 *
 * Silence alone proves nothing. It is counted from when this began to listen; an engine that does not answer half-way, or
 * a process that itself stood still, makes it count anew.
 */
export class RunWatch implements Deadline {
  readonly #parts: RunWatchParts
  readonly #leave: () => void
  #heardAt: number
  /** When it is looked at next; undefined while nothing is running. */
  #lookAt: number | undefined
  /** Whether the log was asked in this silence. */
  #asked: 'not' | 'waiting' | 'answered' = 'not'
  #closed = false

  constructor(parts: RunWatchParts) {
    this.#parts = parts
    this.#heardAt = parts.environment.now()
    this.#leave = parts.subscription.observe({
      onState: (stored) => this.#hear(stored),
      onGap: () => this.#countAnew(),
      onClose: () => this.close(),
    })
    this.#follow()
  }

  close(): void {
    this.#closed = true
    this.#leave()
    this.#parts.wheel.remove(this)
  }

  expire(now: number): number {
    this.#lookAt = this.#next(now)
    return this.#lookAt ?? Infinity
  }

  get #run(): RunSign | undefined {
    const run = runningIn(this.#parts.subscription.state)
    return this.#closed || run?.lease === 0 ? undefined : run
  }

  #hear(stored: StoredEvent): void {
    if (signOf(stored) || (this.#parts.heedsHeirs && announcesHeir(stored))) this.#countAnew()
    this.#follow()
  }

  #countAnew(): void {
    this.#heardAt = this.#parts.environment.now()
    if (this.#asked === 'answered') this.#asked = 'not'
  }

  // A deadline that is armed is not moved with each event: it looks when it comes.
  #follow(): void {
    const run = this.#run
    if (run && this.#lookAt === undefined) this.#look(this.#heardAt + this.#patience(run) / 2)
    else if (!run && this.#lookAt !== undefined) this.#look(undefined)
  }

  #look(at: number | undefined): void {
    this.#lookAt = at
    this.#parts.wheel.set(this, at ?? Infinity)
  }

  #patience({ lease }: RunSign): number {
    return lease * this.#parts.share
  }

  /** Do what is due. Returns when to look again. */
  #next(now: number): number | undefined {
    const run = this.#run
    if (!run) return undefined
    const half = this.#patience(run) / 2
    // This process stood still: what it would have heard meanwhile is still to come.
    if (now - (this.#lookAt ?? now) > half) this.#countAnew()
    if (now < this.#heardAt + half) return this.#heardAt + half
    if (this.#asked === 'not') void this.#ask(run, half)
    if (this.#asked === 'waiting') return now + half
    if (now < this.#heardAt + 2 * half) return this.#heardAt + 2 * half
    void this.#judge(run)
    return now + half
  }

  // Finds a sign that the subscription has missed, too.
  async #ask(run: RunSign, half: number): Promise<void> {
    const { environment } = this.#parts
    const askedAt = environment.now()
    this.#asked = 'waiting'
    const newest = await this.#read()
    this.#asked = 'answered'
    const isSilent = newest?.slot === run.slot && environment.now() - askedAt < half
    if (!isSilent) this.#countAnew()
    if (this.#run) this.#look(this.#heardAt + (isSilent ? 2 * half : half))
  }

  async #read(): Promise<RunSign | undefined> {
    const { broker, subscription } = this.#parts
    try {
      return runningIn(await readState(broker, subscription.topic, await readHead(broker, subscription.topic)))
    } catch {
      return undefined
    }
  }

  async #judge(run: RunSign): Promise<void> {
    this.#countAnew()
    try {
      await this.#parts.onSilent(run)
    } catch (error) {
      if (!this.#closed) this.#parts.onError(error)
    }
  }
}
