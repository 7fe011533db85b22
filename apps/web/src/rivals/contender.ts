import { make, mark, say } from '../dom/make.ts'
import { inSeconds, words } from '../i18n/index.ts'
import { describeRecovery } from '../tally/counters.ts'
import { type FaultMark, Strip } from '../tally/strip.ts'
import type { Tally } from '../tally/tally.ts'
import type { OnTick, Rival } from './rival.ts'

const counters = ['received', 'lost', 'repeated', 'longest', 'recovery'] as const

/** A client in the comparison: what it says of itself, what it got, and its last half minute. */
export class Contender {
  readonly tally: Tally
  readonly rival: Rival
  readonly element: HTMLElement
  readonly #values = counters.map((name) => make('dd', { 'data-counter': name }))
  readonly #state = make('span', { class: 'faint' })
  readonly #strip: Strip

  constructor(id: string, texts: { name: string; note: string }, tally: Tally, open: (onTick: OnTick) => Rival) {
    const { name, note } = texts
    this.tally = tally
    this.rival = open((tick) => tally.arrived(tick, Date.now()))
    this.#strip = new Strip(tally, words.strip.label(name))
    const facts = counters.map((counter, index) =>
      make('div', {}, make('dt', {}, words.counters[counter]), this.#values[index] ?? ''),
    )
    this.element = make(
      'article',
      { class: 'contender', 'data-client': id, 'aria-label': name },
      make('h3', {}, name),
      make('p', { class: 'faint' }, `${note} · `, this.#state),
      this.#strip.element,
      make('dl', { class: 'facts' }, ...facts),
    )
  }

  show(now: number, faults: readonly FaultMark[]): void {
    const { received, lost, repeated, longestSilence, recovery } = this.tally
    const texts = [
      received.toLocaleString(),
      String(lost),
      String(repeated),
      words.seconds(inSeconds(longestSilence)),
      describeRecovery(recovery.state, now),
    ]
    for (const [index, value] of this.#values.entries()) say(value, texts[index] ?? '')
    say(this.#state, words.compare.states[this.rival.readyState] ?? '')
    mark(this.element, 'data-lost', String(lost > 0))
    mark(this.element, 'data-out', String(recovery.state.kind === 'suffering'))
    this.#strip.draw(now, faults)
  }
}
