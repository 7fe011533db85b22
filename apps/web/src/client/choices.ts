import { labelled, make } from '../dom/make.ts'
import { inSeconds, words } from '../i18n/index.ts'
import type { Choices } from './held.ts'

/** What the page begins with: of a default of ten seconds one would have to wait for what is to be seen here. */
export const firstChoices: Choices = { redundancy: 'auto', heartbeat: 2_000, isCollected: false }

const levels = ['none', 'standby', 'full', 'auto'] as const
const ways = ['passed', 'collected'] as const
const heartbeats = [1_000, 2_000, 5_000, 10_000]

/** The controls for redundancy, heartbeat, and the way that answers take. */
export function choiceControls(onChoice: (choices: Choices, what: string) => void): HTMLElement {
  const redundancy = make('select', { name: 'redundancy' })
  redundancy.append(...levels.map((level) => option(level, words.choices.levels[level], firstChoices.redundancy)))
  const heartbeat = make('select', { name: 'heartbeat' })
  heartbeat.append(
    ...heartbeats.map((each) => option(String(each), words.seconds(inSeconds(each)), String(firstChoices.heartbeat))),
  )
  const way = make('select', { name: 'way' })
  way.append(...ways.map((each) => option(each, words.choices.ways[each], 'passed')))
  const choose = (select: HTMLSelectElement, title: string): void => {
    const level = levels.find((each) => each === redundancy.value) ?? 'auto'
    const text = select.selectedOptions[0]?.textContent ?? ''
    const isCollected = way.value === 'collected'
    onChoice({ redundancy: level, heartbeat: Number(heartbeat.value), isCollected }, `${title}: ${text}`)
  }
  redundancy.addEventListener('change', () => choose(redundancy, words.choices.redundancy))
  heartbeat.addEventListener('change', () => choose(heartbeat, words.choices.heartbeat))
  way.addEventListener('change', () => choose(way, words.choices.way))
  return make(
    'div',
    { class: 'choices' },
    labelled(words.choices.redundancy, redundancy),
    labelled(words.choices.heartbeat, heartbeat),
    labelled(words.choices.way, way),
  )
}

function option(value: string, text: string, chosen: string): HTMLOptionElement {
  return make('option', { value, selected: value === chosen }, text)
}
