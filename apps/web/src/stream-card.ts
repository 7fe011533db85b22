import { make, say } from './dom.ts'
import type { StreamState } from './stream.ts'

/** One stream server on the page. */
export interface StreamCard {
  readonly element: HTMLElement
  setState(state: StreamState): void
  /** Count an event. */
  count(): void
}

const words: Record<StreamState, string> = {
  connecting: 'Connecting',
  waiting: 'Waiting: close other tabs of this page',
  open: 'Open',
  lost: 'Lost, reconnecting',
  closed: 'Refused, trying again',
}

/** Draw a stream server: its state in a word and a colour, and how much came from it. */
export function createStreamCard(number: number, port: number): StreamCard {
  const state = make('span', 'state')
  const dot = make('span', 'dot')
  dot.ariaHidden = 'true'
  const events = make('span', 'number', '0')
  const card = make(
    'li',
    'card stream',
    make('h3', '', `Server ${number}`),
    make('span', 'faint', `localhost:${port}`),
    make('p', 'line', dot, state),
    make('p', 'line faint', events, ' events'),
  )
  let total = 0
  return {
    element: card,
    setState(next) {
      card.dataset['state'] = next
      say(state, words[next])
    },
    count() {
      total += 1
      say(events, total.toLocaleString('en'))
    },
  }
}
