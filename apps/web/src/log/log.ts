import { make } from '../dom/make.ts'
import { words } from '../i18n/index.ts'

const longest = 60
/** A screen reader hears the newest line, and no more often than this. */
const hush = 3_000

/** What an entry is about, which its mark shows: what you did, what was lost, what was found. */
export type EntryKind = 'you' | 'bad' | 'good' | 'note'

/** What happened, in plain words, newest first. */
export class Log {
  readonly element: HTMLElement
  readonly #list = make('ol', { class: 'log-list', tabindex: '0', 'aria-label': words.log.title })
  readonly #spoken = make('div', { class: 'unseen', role: 'status' })
  #isHushed = false
  #next = ''

  constructor() {
    this.element = make(
      'section',
      { class: 'log', 'aria-labelledby': 'log-title' },
      make('h2', { id: 'log-title' }, words.log.title),
      this.#list,
      this.#spoken,
    )
  }

  add(kind: EntryKind, text: string): void {
    const time = new Date().toLocaleTimeString([], { hour12: false })
    const item = make(
      'li',
      { 'data-kind': kind },
      make('time', {}, time),
      make('span', { class: 'log-mark', 'aria-hidden': 'true' }),
      make('span', {}, text),
    )
    this.#list.prepend(item)
    while (this.#list.childElementCount > longest) this.#list.lastElementChild?.remove()
    this.#speak(text)
  }

  #speak(text: string): void {
    this.#next = text
    if (this.#isHushed) return
    this.#isHushed = true
    setTimeout(() => {
      this.#isHushed = false
      this.#spoken.textContent = this.#next
    }, hush)
  }
}
