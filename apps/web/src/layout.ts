import { make } from './dom/make.ts'
import { words } from './i18n/index.ts'
import type { Setup } from './setup.ts'

/** The parts of the page. */
export interface Parts {
  picture: HTMLElement
  choices: HTMLElement
  strip: Element
  comparison: HTMLElement
  log: HTMLElement
  topics: readonly HTMLElement[]
  operator: HTMLElement
}

/** Put the parts in the order in which they are read. */
export function layOut(setup: Setup, parts: Parts): HTMLElement[] {
  const hero = make(
    'div',
    { class: 'hero' },
    make('h1', {}, ...words.title.map((sentence) => make('span', {}, sentence))),
    make('p', { class: 'lead' }, setup.servers.length > 1 ? words.lead : words.leadAlone),
    ...(setup.token === '' ? [make('p', { class: 'notice', role: 'note' }, words.noToken)] : []),
  )
  const minute = make(
    'section',
    { class: 'minute', 'aria-labelledby': 'minute-title' },
    make('div', { class: 'heading' }, make('h2', { id: 'minute-title' }, words.strip.title), parts.choices),
    make('h3', {}, words.compare.ours),
    make('p', { class: 'faint' }, words.compare.oursNote),
    make('figure', {}, parts.strip, make('figcaption', { class: 'faint' }, words.strip.legend)),
    parts.comparison,
  )
  const topics = make(
    'section',
    { class: 'topics', 'aria-labelledby': 'topics-title' },
    make('h2', { id: 'topics-title' }, words.topics.title),
    make('p', { class: 'lead' }, words.topics.lead),
    make('div', { class: 'cards' }, ...parts.topics),
  )
  return [hero, parts.picture, make('div', { class: 'beside' }, minute, parts.log), topics, parts.operator]
}
