import type { EndpointReport } from '@holdfast/core/client'
import type { Fault, ServerReport } from '@holdfast/demo/config'
import { make, mark, say } from '../dom/make.ts'
import { inSeconds, wordFor, words } from '../i18n/index.ts'
import type { Server, Setup } from '../setup.ts'
import type { Role } from './scene.ts'

/** What can be lifted again. */
const lasting: readonly Fault[] = ['freeze', 'slow', 'mute']

/** A server on the page: what it is to the connection, how it is, and the buttons that break it. */
export class ServerCard {
  readonly element: HTMLElement
  readonly #role = make('p', { class: 'role' })
  readonly #load = make('dd')
  readonly #latency = make('dd')
  readonly #breaker = make('dd')
  readonly #buttons = new Map<Fault, HTMLButtonElement>()

  constructor(server: Server, setup: Setup, onFault: (fault: Fault) => void) {
    const id = `server-${server.index}`
    const buttons = setup.faults.map((fault) => this.#button(fault, setup.token !== '', onFault))
    this.element = make(
      'article',
      { class: 'server', 'aria-labelledby': id },
      make(
        'header',
        {},
        make('h3', { id }, server.name),
        make('span', { class: 'faint where' }, server.host),
        this.#role,
      ),
      make(
        'dl',
        { class: 'facts' },
        fact(words.load, this.#load),
        fact(words.latency, this.#latency),
        fact(words.breaker, this.#breaker),
      ),
      ...(buttons.length > 0
        ? [make('div', { class: 'faults', role: 'group', 'aria-label': words.breakServer(server.name) }, ...buttons)]
        : []),
    )
  }

  show(role: Role, endpoint: EndpointReport | undefined, report: ServerReport | undefined): void {
    mark(this.element, 'data-role', role)
    mark(this.element, 'data-process', report?.state ?? 'running')
    say(this.#role, describe(role, report))
    if (endpoint) {
      const { load, head, avoidedFor } = endpoint
      say(this.#load, `${Math.round(100 * load)} %`)
      say(this.#latency, head === undefined ? words.unknown : words.milliseconds(Math.round(head)))
      say(this.#breaker, avoidedFor > 0 ? words.breakers.open(inSeconds(avoidedFor)) : words.breakers.closed)
    }
    for (const fault of lasting) {
      const button = this.#buttons.get(fault)
      if (button) mark(button, 'aria-pressed', String(report?.faults.includes(fault) ?? false))
    }
  }

  #button(fault: Fault, isAllowed: boolean, onFault: (fault: Fault) => void): HTMLButtonElement {
    const button = make(
      'button',
      { type: 'button', title: words.faultHints[fault], disabled: !isAllowed, onclick: () => onFault(fault) },
      words.faults[fault],
    )
    this.#buttons.set(fault, button)
    return button
  }
}

function fact(name: string, value: HTMLElement): HTMLElement {
  value.textContent = words.unknown
  return make('div', {}, make('dt', {}, name), value)
}

function describe(role: Role, report: ServerReport | undefined): string {
  const parts = [report?.state === 'down' || report?.state === 'starting' ? '' : wordFor(words.roles, role)]
  if (report && report.state !== 'running') parts.push(words.processes[report.state])
  if (report?.faults.includes('freeze')) parts.push(words.processes.frozen)
  if (report?.faults.includes('slow')) parts.push(words.processes.slow)
  if (report?.faults.includes('mute')) parts.push(words.processes.mute)
  return parts.filter((part) => part !== '').join(' · ')
}
