import type { TopicEvent } from '@holdfast/core/client'
import { make, say } from '../dom/make.ts'
import { wordFor, words } from '../i18n/index.ts'
import { ask, type Setup } from '../setup.ts'
import { topicCard, type TopicView } from './topic-view.ts'

const longest = 100
const mostText = 1_000

/** Messages, of all windows and of who publishes with curl. */
export class ChatView implements TopicView {
  readonly topics = ['chat', 'news']
  readonly element: HTMLElement
  readonly #list = make('ol', { class: 'messages', tabindex: '0', 'aria-label': words.topics.chat })
  readonly #note = make('p', { class: 'note', role: 'status' })
  readonly #empty = make('p', { class: 'faint' }, words.topics.nothingSaid)

  constructor(setup: Setup) {
    const text = make('input', {
      name: 'text',
      maxlength: 500,
      required: true,
      autocomplete: 'off',
      'aria-label': words.topics.message,
      placeholder: words.topics.message,
      disabled: setup.token === '',
    })
    const send = make('button', { disabled: setup.token === '' }, words.topics.send)
    const form = make('form', { class: 'line-form' }, text, send)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#send(setup, text)
    })
    this.element = topicCard(
      'chat',
      words.topics.chat,
      make('p', { class: 'faint' }, words.topics.chatLead),
      this.#empty,
      this.#list,
      form,
      this.#note,
    )
  }

  show({ data, topic = '' }: TopicEvent): void {
    this.#add(make('li', { 'data-topic': topic }, data.length > mostText ? `${data.slice(0, mostText)}…` : data))
  }

  gap(reason: string): void {
    this.#add(make('li', { class: 'gap' }, words.topics.gap(wordFor(words.reasons, reason))))
  }

  #add(item: HTMLElement): void {
    this.#empty.hidden = true
    this.#list.append(item)
    while (this.#list.childElementCount > longest) this.#list.firstElementChild?.remove()
    this.#list.scrollTop = this.#list.scrollHeight
  }

  async #send(setup: Setup, text: HTMLInputElement): Promise<void> {
    try {
      await ask(setup, 'POST', '/topics/chat', { data: text.value })
      text.value = ''
      say(this.#note, '')
    } catch (error) {
      say(this.#note, words.failed(error instanceof Error ? error.message : String(error)))
    }
  }
}
