import { setTimeout as wait } from 'node:timers/promises'
import type { FeedPlan, FeedReport, FeedStatus } from './plan.ts'
import type { Way } from './way.ts'

/** What the client counts as a stream that stood: the loss of a shorter one costs it a step of the back-off. */
const standing = 5_200
/** Far above anything that is right. */
const patience = 60_000

/** One connection of the client under test, as the driver sees it. */
export class Feed {
  readonly plan: FeedPlan
  readonly ways: readonly Way[]
  /** When it was struck, in milliseconds since 1970. */
  readonly cuts: number[] = []
  readonly report: Promise<FeedReport>
  hasReported = false
  #statuses: FeedStatus[] = []
  // Streams that it had told of when it was struck.
  #known = 0
  #wakes: (() => void)[] = []
  #resolve: (report: FeedReport) => void = () => {}

  constructor(plan: FeedPlan, ways: readonly Way[]) {
    this.plan = plan
    this.ways = ways
    this.report = new Promise((resolve) => (this.#resolve = resolve))
  }

  get statuses(): readonly FeedStatus[] {
    return this.#statuses
  }

  /** It is struck. @param breaks - whether it must find another stream */
  cut(breaks: boolean): void {
    this.cuts.push(Date.now())
    if (breaks) this.#known = this.#streams
  }

  told(status: FeedStatus): void {
    this.#statuses = [...this.#statuses, status].sort((a, b) => a.sequence - b.sequence)
    for (const wake of this.#wakes.splice(0)) wake()
  }

  reported(report: FeedReport): void {
    this.hasReported = true
    this.#resolve(report)
  }

  /** The way that the events come. */
  get primary(): Way {
    const { endpoint = '' } = this.#last('open')?.status ?? {}
    const way = this.ways.find(({ url }) => endpoint.startsWith(url))
    if (!way) throw new Error(`"${this.plan.name}" has no stream: ${this.log}`)
    return way
  }

  /** Its statuses in short, for messages, and when it was struck. */
  get log(): string {
    const lines = this.#statuses.map(({ at, status: { state, endpoint = '', reason = '', open } }) => ({
      at,
      text: `${state} ${endpoint} ${open ?? reason}`,
    }))
    const all = [...lines, ...this.cuts.map((at) => ({ at, text: 'STRUCK' }))].toSorted((a, b) => a.at - b.at)
    return all.map(({ at, text }) => `${at % 100_000} ${text}`).join('\n')
  }

  /** Whether its stream has stood for a while, and the additional one that it is to have is there. */
  get isSettled(): boolean {
    const { state, endpoint } = this.#main ?? {}
    if (!isStream(state) || this.#age < standing) return false
    const { redundancy = 'none' } = this.plan
    const extra = this.#last('standby')?.status
    // One that took over is not told to be closed.
    return redundancy === 'none' || (extra?.open === true && extra.endpoint !== endpoint)
  }

  /**
   * Wait for a stream, after a blow for another one than was known then. Not for a later one: the client may have moved of
   * itself, and what was struck was the one that it had left.
   */
  opened(): Promise<void> {
    return this.#until('a stream', () => this.#streams > this.#known)
  }

  /** The same, until it has stood for a while. */
  async #stands(): Promise<void> {
    await this.opened()
    while (this.#age < standing) await wait(standing - this.#age)
  }

  /** The same, until the additional connection that it is to have is there, too. */
  async settled(): Promise<void> {
    await this.#stands()
    while (!this.isSettled) {
      await this.#until(`its ${this.plan.redundancy ?? 'stream'}`, () => this.isSettled || this.#age < standing)
      await this.#stands()
    }
  }

  get #streams(): number {
    return this.#statuses.filter(({ status }) => isStream(status.state)).length
  }

  /** What it says of the stream that delivers. */
  get #main(): FeedStatus['status'] | undefined {
    return this.#statuses.findLast(({ status }) => status.state !== 'standby')?.status
  }

  /** How long ago the stream was opened, or took over. */
  get #age(): number {
    const opened = this.#statuses.findLast(({ status }) => isStream(status.state))
    return Date.now() - (opened?.at ?? Date.now())
  }

  #last(state: string): FeedStatus | undefined {
    return this.#statuses.findLast(({ status }) => status.state === state)
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const late = AbortSignal.timeout(patience)
    while (!holds()) {
      const told = new Promise<void>((resolve) => this.#wakes.push(resolve))
      await Promise.race([told, wait(patience, undefined, { signal: late, ref: false }).catch(() => {})])
      if (late.aborted) throw new Error(`"${this.plan.name}" waited ${patience} ms in vain for ${what}:\n${this.log}`)
    }
  }
}

// Where nothing but a head comes for two seconds, be it for a busy machine, the client polls: that is a stream, too.
function isStream(state: string | undefined): boolean {
  return state === 'open' || state === 'polling'
}
