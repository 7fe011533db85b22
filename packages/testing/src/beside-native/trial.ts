import { interruptions } from '../client-contract/judge.ts'
import { topics } from '../client-contract/publisher.ts'
import type { Case, Laid } from './cases.ts'
import type { Arrival, Kind, ReaderNews, ReaderPlan } from './plan.ts'

/** What came of one reader. */
export interface Outcome {
  case: string
  runtime: string
  kind: Kind
  /** Milliseconds from the fault to the arrival of an event that was published after it; infinite where none came. */
  late: number
  gaveUp: boolean
  /** Passed over: what had not come at all is not counted. */
  lost: number
  repeated: number
}

/** One reader's way through one case. */
export class Trial {
  readonly case: Case
  readonly runtime: string
  readonly plan: ReaderPlan
  readonly #disturb: Laid['disturb']
  readonly #arrivals: Arrival[] = []
  #struckAt: number | undefined
  #gaveUp = false

  constructor(each: Case, runtime: string, kind: Kind, { plan, disturb }: Laid) {
    this.case = each
    this.runtime = runtime
    this.plan = { ...plan, kind, name: `${each.name}, ${runtime} ${kind}` }
    this.#disturb = disturb
  }

  /** It is well, or has never been. */
  get hasBegun(): boolean {
    return this.#arrivals.length > 0 || (!this.#disturb && this.#struckAt !== undefined)
  }

  /** Nothing that comes can change how late it was. */
  get isDecided(): boolean {
    return this.#gaveUp || this.#late < Infinity
  }

  /** Do what the case is about. */
  async disturb(): Promise<void> {
    await this.#disturb?.(() => this.strike())
  }

  /** Time counts from now on. */
  strike(): void {
    this.#struckAt = Date.now()
  }

  told({ startedAt, arrivals, gaveUp }: ReaderNews): void {
    if (!this.#disturb) this.#struckAt = startedAt
    this.#arrivals.push(...arrivals)
    this.#gaveUp = gaveUp
  }

  get outcome(): Outcome {
    const { runtime, plan } = this
    return { case: this.case.name, runtime, kind: plan.kind, late: this.#late, gaveUp: this.#gaveUp, ...this.#faults }
  }

  get #late(): number {
    if (this.#struckAt === undefined) return Infinity
    const events = this.#arrivals.map((arrival) => ({ ...arrival, topic: undefined }))
    return interruptions(events, [this.#struckAt])[0] ?? Infinity
  }

  /** Each topic by itself, since one may be ahead of the other. */
  get #faults(): Pick<Outcome, 'lost' | 'repeated'> {
    const faults = { lost: 0, repeated: 0 }
    for (const turn of topics.keys()) {
      const numbers = this.#arrivals.map(({ n }) => n).filter((n) => n % topics.length === turn)
      const seen = new Set(numbers)
      if (seen.size === 0) continue
      faults.lost += (Math.max(...seen) - Math.min(...seen)) / topics.length + 1 - seen.size
      faults.repeated += numbers.length - seen.size
    }
    return faults
  }
}
