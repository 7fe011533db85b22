import { make, mark, say } from '../dom/make.ts'
import { inSeconds, words } from '../i18n/index.ts'
import { describeRecovery } from '../tally/counters.ts'
import { type FaultMark, Strip } from '../tally/strip.ts'
import { Tally } from '../tally/tally.ts'
import type { Setup } from '../setup.ts'
import { eventsAt } from '../setup.ts'
import { openNaiveList } from './naive-list.ts'
import { openNative } from './native.ts'
import type { OnTick, Rival } from './rival.ts'

/** A client in the comparison, and what it got. */
class Contender {
  readonly tally: Tally
  readonly rival: Rival
  readonly row: HTMLElement
  readonly #cells = ['received', 'lost', 'repeated', 'longest', 'recovery'].map((name) => {
    return make('td', { 'data-counter': name })
  })
  readonly #state = make('span', { class: 'faint' })
  readonly #strip: Strip
  readonly #note: string

  constructor(id: string, name: string, note: string, tally: Tally, open: (onTick: OnTick) => Rival) {
    this.#note = note
    this.tally = tally
    this.rival = open((tick) => this.tally.arrived(tick, Date.now()))
    this.#strip = new Strip(this.tally, words.strip.label(name))
    const head = make('th', { scope: 'row' }, make('span', {}, name), this.#state)
    this.row = make('tbody', { 'data-client': id })
    this.row.append(make('tr', {}, head, ...this.#cells), make('tr', { class: 'strip-row' }, cell(this.#strip.element)))
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
    for (const [index, each] of this.#cells.entries()) say(each, texts[index] ?? '')
    say(this.#state, `${this.#note} · ${words.compare.states[this.rival.readyState] ?? ''}`)
    mark(this.row, 'data-harmed', String(lost + repeated > 0 || recovery.state.kind === 'suffering'))
    this.#strip.draw(now, faults)
  }
}

function cell(content: Element): HTMLElement {
  return make('td', { colspan: 6 }, content)
}

/** The same faults suffered by others. They are open only while this is shown. */
export class Comparison {
  readonly element: HTMLElement
  readonly #setup: Setup
  readonly #table = make('table', { class: 'comparison' })
  #contenders: Contender[] = []

  constructor(setup: Setup, onToggle: () => void) {
    this.#setup = setup
    const summary = make('summary', {}, words.compare.show)
    const details = make('details', { class: 'compare' }, summary, make('div', { class: 'scroll' }, this.#table))
    details.addEventListener('toggle', () => {
      summary.textContent = details.open ? words.compare.hide : words.compare.show
      if (details.open) this.#open()
      else this.close()
      onToggle()
    })
    this.element = details
  }

  fault(now: number): void {
    for (const { tally } of this.#contenders) tally.recovery.begin(now)
  }

  look(now: number): void {
    for (const { tally } of this.#contenders) tally.look(now)
  }

  show(now: number, faults: readonly FaultMark[]): void {
    for (const contender of this.#contenders) contender.show(now, faults)
  }

  close(): void {
    for (const { rival } of this.#contenders) rival.close()
    this.#contenders = []
  }

  #open(): void {
    const { servers, ownRun } = this.#setup
    const [first] = servers
    if (!first) return
    const { compare, counters } = words
    const tally = (): Tally => new Tally(Date.now(), ownRun)
    const urls = servers.map((server) => eventsAt(server, ['ticker']))
    this.#contenders = [
      new Contender('native', compare.native, compare.nativeNote(first.name), tally(), (on) =>
        openNative(urls[0] ?? '', on),
      ),
      new Contender('list', compare.list, compare.listNote, tally(), (on) => openNaiveList(urls, on)),
    ]
    const names = [
      compare.client,
      ...(['received', 'lost', 'repeated', 'longest', 'recovery'] as const).map((name) => counters[name]),
    ]
    const head = make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name))))
    this.#table.replaceChildren(head, ...this.#contenders.map(({ row }) => row))
  }
}
