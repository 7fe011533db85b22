import type { TopicEvent } from '@holdfast/core/client'
import type { Tick } from '@holdfast/demo/config'
import { make, say } from '../dom/make.ts'
import { words } from '../i18n/index.ts'
import { Chart } from './chart.ts'
import { topicCard, type TopicView } from './topic-view.ts'

/** A price that walks at random, ten steps a second. */
export class TickerView implements TopicView {
  readonly topics = ['ticker']
  readonly element: HTMLElement
  readonly #chart = new Chart({ label: words.topics.overTime(words.topics.ticker) })
  readonly #price = make('span', { class: 'value' }, words.unknown)
  readonly #number = make('span', { class: 'faint' })

  constructor() {
    this.element = topicCard(
      'ticker',
      words.topics.ticker,
      make('p', { class: 'faint' }, words.topics.tickerLead),
      make('p', { class: 'figures' }, this.#price, this.#number),
      this.#chart.element,
    )
  }

  show(event: TopicEvent): void {
    const { n, time, price } = event.json<Tick>()
    this.#chart.add(time, price)
    say(this.#price, price.toFixed(2))
    say(this.#number, `#${n}`)
  }

  gap(): void {
    this.#chart.cut()
  }
}
