import { make, mark, say } from '../dom/make.ts'
import { inSeconds, words } from '../i18n/index.ts'
import type { RecoveryState } from './recovery.ts'
import type { Tally } from './tally.ts'

/** The page's own counters, inside of what stands for the page in the picture. */
export class Counters {
  readonly element: HTMLElement
  readonly #tally: Tally
  readonly #values = new Map<string, HTMLElement>()

  constructor(tally: Tally, ...actions: HTMLElement[]) {
    this.#tally = tally
    const large = ['lost', 'repeated'] as const
    const small = ['received', 'longest', 'recovery'] as const
    this.element = make(
      'div',
      { class: 'page-panel' },
      make('h2', {}, words.you),
      make('p', { class: 'faint' }, words.youRead),
      make('dl', { class: 'large', 'aria-label': words.counters.title }, ...large.map((name) => this.#counter(name))),
      make('dl', { class: 'small' }, ...small.map((name) => this.#counter(name))),
      make('div', { class: 'actions' }, ...actions),
    )
  }

  show(now: number): void {
    const { lost, repeated, received, longestSilence, recovery } = this.#tally
    this.#say('lost', String(lost))
    this.#say('repeated', String(repeated))
    this.#say('received', received.toLocaleString())
    this.#say('longest', words.seconds(inSeconds(longestSilence)))
    this.#say('recovery', describeRecovery(recovery.state, now))
    mark(this.element, 'data-harmed', String(lost + repeated > 0))
  }

  #say(name: string, text: string): void {
    const value = this.#values.get(name)
    if (value) say(value, text)
  }

  #counter(name: keyof typeof words.counters): HTMLElement {
    const value = make('dd', { 'data-counter': name }, words.unknown)
    this.#values.set(name, value)
    return make('div', {}, make('dt', {}, words.counters[name]), value)
  }
}

/** How a client fares with the latest fault, in words. */
export function describeRecovery(state: RecoveryState, now: number): string {
  switch (state.kind) {
    case 'none':
      return words.recovery.none
    case 'watching':
      return words.recovery.watching
    case 'suffering':
      return words.recovery.suffering(inSeconds(now - state.since))
    case 'recovered':
      return words.recovery.recovered(inSeconds(state.took))
    case 'unfelt':
      return words.recovery.unfelt(inSeconds(state.worst))
  }
}
