import type { ConnectionGap, Status } from '@holdfast/core/client'
import type { Fault, ServerReport } from '@holdfast/demo/config'
import { inSeconds, wordFor, words } from '../i18n/index.ts'
import type { Server } from '../setup.ts'
import type { RecoveryState } from '../tally/recovery.ts'
import type { EntryKind } from './log.ts'

const noteworthy = 1_000

/** Tells in plain words what the connection does. */
export class Narrator {
  readonly #nameOf: (endpoint: string) => string
  readonly #add: (kind: EntryKind, text: string) => void
  /** Milliseconds since the last event. */
  readonly #silence: () => number
  #last: Status['state'] | undefined
  #recovery: RecoveryState['kind'] = 'none'
  #reports = new Map<string, ServerReport>()

  constructor(
    nameOf: (endpoint: string) => string,
    add: (kind: EntryKind, text: string) => void,
    silence: () => number,
  ) {
    this.#nameOf = nameOf
    this.#add = add
    this.#silence = silence
  }

  // No switch over the union: what the client learns to tell later is told as well.
  tell(status: Status): void {
    const before = this.#last
    if (status.state !== 'standby' && status.state !== 'limited') this.#last = status.state
    const { log } = words
    if (status.state === 'open') this.#tellOpen(this.#nameOf(status.endpoint), before)
    else if (status.state === 'suspect')
      this.#add('bad', log.suspect(this.#nameOf(status.endpoint), inSeconds(this.#silence())))
    else if (status.state === 'lost')
      this.#add('bad', log.lost(this.#nameOf(status.endpoint), wordFor(words.reasons, status.reason)))
    else if (status.state === 'switched')
      this.#add('good', log.switched(...this.#both(status), wordFor(words.reasons, status.reason)))
    else if (status.state === 'standby') this.#tellStandby(status)
    else if (status.state === 'limited') this.#add('bad', log.limited(status.limit))
    else if (status.state === 'waiting') this.#tellWaiting(status.delay)
    else if (status.state === 'closed') this.#tellClosed(status.reason)
    else this.#tellOther(status)
  }

  did(server: Server, fault: Fault): void {
    this.#add('you', words.log.done[fault](server.name))
  }

  gap({ topics, reason }: ConnectionGap): void {
    this.#add('bad', words.log.gap(topics.join(', '), wordFor(words.reasons, reason)))
  }

  /** Tell once that the connection is live again after a fault. */
  recovered(state: RecoveryState, lost: number): void {
    if (state.kind === this.#recovery) return
    this.#recovery = state.kind
    if (state.kind !== 'recovered') return
    const took = inSeconds(state.took)
    if (lost === 0) this.#add('good', words.log.recovered(took))
    else this.#add('bad', words.log.recoveredLess(took, lost))
  }

  /** What the supervisor says: a server is there again, a fault is lifted. */
  report(reports: readonly ServerReport[], isNews: boolean): void {
    for (const report of reports) {
      const before = this.#reports.get(report.name)
      this.#reports.set(report.name, report)
      if (!before || !isNews) continue
      if (before.state !== 'running' && report.state === 'running') this.#add('note', words.log.back(report.name))
      const lifted =
        before.state === report.state ? before.faults.filter((fault) => !report.faults.includes(fault)) : []
      for (const fault of lifted) this.#add('note', words.log.lifted(report.name, words.faults[fault]))
    }
  }

  #tellOpen(name: string, before: Status['state'] | undefined): void {
    // A switch has just said so.
    if (before !== 'switched') this.#add('good', (before === 'suspect' ? words.log.heard : words.log.open)(name))
  }

  // A jitter is no news.
  #tellWaiting(delay: number): void {
    if (delay >= noteworthy) this.#add('note', words.log.waiting(inSeconds(delay)))
  }

  // With other choices it is closed by the page itself, and opened again.
  #tellClosed(reason: string): void {
    if (reason !== 'closed') this.#add('bad', words.log.closed(wordFor(words.reasons, reason)))
  }

  #tellStandby({ endpoint, mode, open }: Extract<Status, { state: 'standby' }>): void {
    const { log } = words
    const say = open ? (mode === 'full' ? log.fullOpen : log.standbyOpen) : log.extraClosed
    this.#add('note', say(this.#nameOf(endpoint)))
  }

  #tellOther(status: { readonly state: string; readonly endpoint?: string | undefined }): void {
    const { state, endpoint = '' } = status
    const { log } = words
    const name = this.#nameOf(endpoint)
    if (state === 'connecting') this.#add('note', log.connecting(name))
    else if (state === 'probing') this.#add('note', log.probing(name))
    else if (state === 'polling') this.#add('good', log.polling(name))
    else this.#add('note', log.other(wordFor(words.roles, state), name))
  }

  #both({ from, endpoint }: Extract<Status, { state: 'switched' }>): [from: string, to: string] {
    return [this.#nameOf(from), this.#nameOf(endpoint)]
  }
}
