import { labelled, make } from '../dom/make.ts'
import { inSeconds, words } from '../i18n/index.ts'
import type { Choices } from './held.ts'

/** What the page begins with: of a default of ten seconds one would have to wait for what is to be seen here. */
export const firstChoices: Choices = { redundancy: 'auto', heartbeat: 2_000 }

const levels = ['none', 'standby', 'full', 'auto'] as const
const heartbeats = [1_000, 2_000, 5_000, 10_000]

/** The controls for redundancy and heartbeat. */
export function choiceControls(onChoice: (choices: Choices, what: string) => void): HTMLElement {
  const redundancy = make('select', { name: 'redundancy' })
  redundancy.append(...levels.map((level) => option(level, words.choices.levels[level], firstChoices.redundancy)))
  const heartbeat = make('select', { name: 'heartbeat' })
  heartbeat.append(
    ...heartbeats.map((each) => option(String(each), words.seconds(inSeconds(each)), String(firstChoices.heartbeat))),
  )
  const choose = (select: HTMLSelectElement, title: string): void => {
    const level = levels.find((each) => each === redundancy.value) ?? 'auto'
    const text = select.selectedOptions[0]?.textContent ?? ''
    onChoice({ redundancy: level, heartbeat: Number(heartbeat.value) }, `${title}: ${text}`)
  }
  redundancy.addEventListener('change', () => choose(redundancy, words.choices.redundancy))
  heartbeat.addEventListener('change', () => choose(heartbeat, words.choices.heartbeat))
  return make(
    'div',
    { class: 'choices' },
    labelled(words.choices.redundancy, redundancy),
    labelled(words.choices.heartbeat, heartbeat),
  )
}

function option(value: string, text: string, chosen: string): HTMLOptionElement {
  return make('option', { value, selected: value === chosen }, text)
}
