import { make } from '../dom/make.ts'
import { words } from '../i18n/index.ts'
import { eventsAt, type Setup } from '../setup.ts'
import type { FaultMark } from '../tally/strip.ts'
import { Tally } from '../tally/tally.ts'
import { Contender } from './contender.ts'
import { openNaiveList } from './naive-list.ts'
import { openNative } from './native.ts'

/** The same faults suffered by others. They are open only while this is shown. */
export class Comparison {
  readonly element: HTMLElement
  readonly #setup: Setup
  readonly #rows = make('div')
  #contenders: Contender[] = []

  constructor(setup: Setup, onToggle: () => void) {
    this.#setup = setup
    const summary = make('summary', {}, words.compare.show)
    const details = make('details', { class: 'compare' }, summary, this.#rows)
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
    this.#rows.replaceChildren()
  }

  #open(): void {
    const { servers, ownRun } = this.#setup
    const [first] = servers
    if (!first) return
    const { compare } = words
    const tally = (): Tally => new Tally(Date.now(), ownRun)
    const urls = servers.map((server) => eventsAt(server, ['ticker']))
    const native = { name: compare.native, note: compare.nativeNote(first.name) }
    const list = { name: compare.list, note: compare.listNote }
    this.#contenders = [
      new Contender('native', native, tally(), (onTick) => openNative(urls[0] ?? '', onTick)),
      new Contender('list', list, tally(), (onTick) => openNaiveList(urls, onTick)),
    ]
    this.#rows.replaceChildren(...this.#contenders.map(({ element }) => element))
  }
}
