import type { EndpointReport, Status } from '@holdfast/core/client'
import type { Fault, ServerReport } from '@holdfast/demo/config'
import { make } from '../dom/make.ts'
import { onceAFrame } from '../dom/frames.ts'
import { words } from '../i18n/index.ts'
import type { Server, Setup } from '../setup.ts'
import { Lines } from './lines.ts'
import { Scene, type Role } from './scene.ts'
import { ServerCard } from './server-card.ts'

/** What the picture looks at while it draws. */
export interface PictureSources {
  endpoints(): readonly EndpointReport[]
  /** Whether a request to this origin waits for its answer. */
  isAsked(origin: string): boolean
  /** Milliseconds since the last event. */
  silence(): number | undefined
  onFault(server: Server, fault: Fault): void
}

/** Above this nothing seems to flow. */
const flowing = 600

/** The connection, drawn as it is: the page, its servers, and the lines between them. */
export class Picture {
  readonly element: HTMLElement
  readonly #setup: Setup
  readonly #sources: PictureSources
  readonly #scene = new Scene()
  readonly #cards: ServerCard[]
  readonly #lines: Lines
  readonly #urlOf: (server: Server) => string
  #reports: readonly ServerReport[] = []
  readonly draw: () => void = onceAFrame(() => this.#draw())

  /** @param page - what stands for the page itself */
  constructor(setup: Setup, urlOf: (server: Server) => string, page: HTMLElement, sources: PictureSources) {
    this.#setup = setup
    this.#urlOf = urlOf
    this.#sources = sources
    this.#cards = setup.servers.map((server) => {
      return new ServerCard(server, setup, (fault) => sources.onFault(server, fault))
    })
    const cards = make('div', { class: 'servers' }, ...this.#cards.map(({ element }) => element))
    this.element = make('section', { class: 'stage', 'aria-label': words.title.join(' ') }, page, cards)
    this.#lines = new Lines(this.element, page, setup.servers.length)
    this.element.append(this.#lines.element)
    new ResizeObserver(this.draw).observe(this.element)
  }

  /** The server whose events are shown. */
  get carrier(): Server | undefined {
    return this.#setup.servers.find((server) => this.#urlOf(server) === this.#scene.carrier)
  }

  follow(status: Status): void {
    this.#scene.follow(status)
    this.draw()
  }

  report(reports: readonly ServerReport[]): void {
    this.#reports = reports
    this.draw()
  }

  #draw(): void {
    const endpoints = this.#sources.endpoints()
    const views = this.#setup.servers.map((server, index) => {
      const card = this.#cards[index] as ServerCard
      const report = this.#reports.find(({ name }) => name === server.name)
      const role = this.#roleOf(server, report)
      const endpoint = endpoints.find(({ url }) => url === this.#urlOf(server))
      card.show(role, endpoint, report)
      return { card: card.element, role }
    })
    this.#lines.draw(views, this.carrier?.index ?? -1, (this.#sources.silence() ?? Infinity) < flowing)
  }

  // A request that no status speaks of, such as one beside the stream, is seen on its way out.
  #roleOf(server: Server, report: ServerReport | undefined): Role {
    const role = this.#scene.roleOf(this.#urlOf(server))
    if (role === 'idle' && this.#sources.isAsked(server.origin)) return 'asked'
    return role === 'idle' && report?.state === 'down' ? 'lost' : role
  }
}
