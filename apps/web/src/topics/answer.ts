import { connect, type EventConnection, type Status, type TopicEvent } from '@holdfast/core/client'
import type { AnswerPart } from '@holdfast/demo/config'
import { make, say } from '../dom/make.ts'
import { wordFor, words } from '../i18n/index.ts'
import { ask, eventsAt, type Setup } from '../setup.ts'
import { topicCard } from './topic-view.ts'

/** Where the browser keeps the answer's topic: a reload and a second tab go on with it. */
const kept = 'holdfast.answer'

/** So that a server that was frozen is noticed before the visitor gives up. */
const heartbeat = 2_000

/** A streamed answer: a topic of its own, read from its beginning by a connection of its own. */
export class AnswerView {
  readonly element: HTMLElement
  readonly #setup: Setup
  readonly #fetch: typeof fetch
  readonly #text = make('p', { class: 'answer' }, words.topics.noAnswer)
  readonly #status = make('p', { class: 'note' })
  /** For who listens: not every word, but who writes, and how it ended. */
  readonly #spoken = make('p', { class: 'unseen', role: 'status' })
  readonly #stop: HTMLButtonElement
  #connection: EventConnection | undefined
  #topic = ''
  #writer = ''
  #words = 0

  constructor(setup: Setup, fetch: typeof globalThis.fetch) {
    this.#setup = setup
    this.#fetch = fetch
    const isShown = setup.token !== ''
    const question = make('input', {
      name: 'prompt',
      maxlength: 4_000,
      required: true,
      autocomplete: 'off',
      value: words.topics.firstQuestion,
      'aria-label': words.topics.question,
      disabled: !isShown,
    })
    this.#stop = make('button', { type: 'button', class: 'quiet', disabled: true }, words.topics.stop)
    this.#stop.addEventListener('click', () => void this.#try(() => ask(setup, 'DELETE', `/${this.#topic}`)))
    const askIt = make('button', { disabled: !isShown }, words.topics.askIt)
    const form = make('form', { class: 'line-form' }, question, askIt, this.#stop)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#try(() => this.#ask(question.value))
    })
    this.element = topicCard(
      'answer',
      words.topics.answer,
      make('p', { class: 'faint' }, words.topics.answerLead),
      form,
      this.#status,
      this.#spoken,
      this.#text,
    )
    addEventListener('storage', this.#onStorage)
    const topic = localStorage.getItem(kept)
    if (topic !== null) this.#read(topic)
  }

  close(): void {
    removeEventListener('storage', this.#onStorage)
    this.#connection?.close()
  }

  readonly #onStorage = ({ key, newValue }: StorageEvent): void => {
    if (key === kept && newValue) this.#read(newValue)
  }

  async #ask(prompt: string): Promise<void> {
    const { topic } = (await (await ask(this.#setup, 'POST', '/answers', { prompt })).json()) as { topic: string }
    localStorage.setItem(kept, topic)
    this.#read(topic)
  }

  #read(topic: string): void {
    this.#connection?.close()
    this.#topic = topic
    this.#writer = ''
    this.#words = 0
    this.#text.textContent = ''
    // What it says of the answer before is not this one's.
    say(this.#status, '')
    const urls = this.#setup.servers.map((server) => eventsAt(server, [topic]))
    const connection = connect(urls, {
      lastEventId: 'earliest',
      heartbeat,
      fetch: this.#fetch,
      onGap: ({ reason }) => this.#mark(words.topics.gap(wordFor(words.reasons, reason))),
    })
    connection.on('message', (event) => this.#write(event))
    connection.onStatus((status) => this.#follow(status))
    this.#connection = connection
  }

  #write(event: TopicEvent): void {
    const { text, by } = event.json<AnswerPart>()
    if (this.#writer !== '' && by !== this.#writer) this.#mark(words.topics.takenOver(by))
    this.#writer = by
    this.#words++
    this.#stop.disabled = this.#setup.token === ''
    this.#text.append(text)
    this.element.dataset['writer'] = by
    this.#tell(words.topics.writtenBy(by))
  }

  #follow(status: Status): void {
    if (status.state !== 'closed' || status.reason === 'closed') return
    this.#stop.disabled = true
    delete this.element.dataset['writer']
    this.#tell(status.reason === 'done' ? words.topics.finished : words.topics.brokenOff)
  }

  #mark(text: string): void {
    this.#text.append(make('span', { class: 'taken-over' }, text), ' ')
  }

  #tell(text: string): void {
    say(this.#status, `${text} · ${words.topics.words(this.#words)}`)
    say(this.#spoken, text)
  }

  async #try(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
    } catch (error) {
      const text = words.failed(error instanceof Error ? error.message : String(error))
      say(this.#status, text)
      say(this.#spoken, text)
    }
  }
}
