import { callSafely } from '../../report.ts'
import type { Chunk, RingEntry } from '../../fanout/chunk.ts'
import type { StreamClose } from '../../fanout/stream-close.ts'
import type { BrokerHealthListener } from './health.ts'
import type { GapReason } from '../gap-reason.ts'
import type { RefusalCode } from '../refusal.ts'
import { gapEvent } from '../replay/gap.ts'
import type { HubStats } from '../stats.ts'
import type { StreamInfo, Trace, TraceMessages } from '../trace.ts'
import type { HubEvent } from '../types.ts'

/** Counts what a hub does, and tells of it whoever traces. Without a trace nothing is made for one. */
export class Meters implements BrokerHealthListener {
  readonly #trace: Trace | undefined
  readonly #gaps: Record<GapReason, number> = { trimmed: 0, 'new-epoch': 0, 'unknown-id': 0 }
  readonly #refused = { full: 0, draining: 0 }
  #resumed = 0
  #replayed = 0

  constructor(trace: Trace | undefined) {
    this.#trace = trace
  }

  /** Whether a publication's duration is asked for. */
  get traces(): boolean {
    return this.#trace !== undefined
  }

  stats(): Pick<HubStats, 'resumed' | 'replayed' | 'gaps' | 'refused'> {
    return {
      resumed: this.#resumed,
      replayed: this.#replayed,
      gaps: { ...this.#gaps },
      refused: { ...this.#refused },
    }
  }

  published(publication: TraceMessages['holdfast:publish']): void {
    callSafely(this.#trace, 'holdfast:publish', publication)
  }

  opened(info: StreamInfo): void {
    if (this.#trace) callSafely(this.#trace, 'holdfast:open', info)
  }

  resumed(info: StreamInfo, lastEventId: string): void {
    this.#resumed++
    if (this.#trace) callSafely(this.#trace, 'holdfast:resume', { ...info, lastEventId })
  }

  closed(info: StreamInfo, close: StreamClose): void {
    if (this.#trace) callSafely(this.#trace, 'holdfast:close', { ...info, ...close })
  }

  /** A part of the history is on its way to a reader. What announces a gap is no part of it. */
  replayed({ entries }: Chunk): void {
    for (const { event } of entries as readonly RingEntry<HubEvent>[]) {
      if (event && event.event !== gapEvent) this.#replayed++
    }
  }

  announced(reason: GapReason, topics: readonly string[]): void {
    this.#gaps[reason]++
    if (this.#trace) callSafely(this.#trace, 'holdfast:gap', { reason, topics })
  }

  refused(code: RefusalCode): void {
    this.#refused[code === 'draining' ? code : 'full']++
  }

  onLost(reason: unknown): void {
    if (this.#trace) callSafely(this.#trace, 'holdfast:broker-lost', { reason })
  }

  onRecovered(duration: number): void {
    if (this.#trace) callSafely(this.#trace, 'holdfast:broker-recovered', { duration })
  }
}
