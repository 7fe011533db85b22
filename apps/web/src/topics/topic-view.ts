import type { TopicEvent } from '@holdfast/core/client'
import { make } from '../dom/make.ts'

/** Shows the events of some topics. */
export interface TopicView {
  readonly element: HTMLElement
  /** The topics it shows. */
  readonly topics: readonly string[]
  show(event: TopicEvent): void
  /** Some of what it shows cannot be had any more. */
  gap(reason: string): void
}

/** The card of a topic. */
export function topicCard(id: string, title: string, ...content: (Node | string)[]): HTMLElement {
  return make(
    'section',
    { class: 'card', id, 'aria-labelledby': `${id}-title` },
    make('h3', { id: `${id}-title` }, title),
    ...content,
  )
}
