import type { ServerReport } from '@holdfast/demo/config'
import { make, say } from '../dom/make.ts'
import { words } from '../i18n/index.ts'
import type { Server, Setup } from '../setup.ts'
import { askServer, rate, type Stats, together } from './stats.ts'

const every = 2_000

type Row = keyof typeof words.operator.rows

/** One server, or all of them: its cells and what they were made of last. */
class Column {
  readonly #cells: ReadonlyMap<Row, HTMLElement>
  #before: { stats: Stats; at: number } | undefined

  constructor(cells: ReadonlyMap<Row, HTMLElement>) {
    this.#cells = cells
  }

  show(stats: Stats | undefined, texts: Partial<Record<Row, string>>): void {
    const now = performance.now()
    const all = stats ? { ...this.#texts(stats, now), ...texts } : undefined
    if (stats) this.#before = { stats, at: now }
    for (const [row, cell] of this.#cells) say(cell, all ? (all[row] ?? '') : words.operator.silent)
  }

  #texts(stats: Stats, now: number): Record<Row, string> {
    const elapsed = now - (this.#before?.at ?? now)
    const events = rate(stats.delivered, this.#before?.stats.delivered, elapsed)
    const bytes = rate(stats.bytes, this.#before?.stats.bytes, elapsed)
    return {
      runtime: '',
      engine: '',
      memory: '',
      subscribers: String(stats.subscribers),
      topics: String(stats.topics),
      events: words.operator.perSecond(events.toFixed(0)),
      bytes: words.operator.perSecond(inKilobytes(bytes)),
      resumed: stats.resumed.toLocaleString(),
      replayed: stats.replayed.toLocaleString(),
      gaps: named(stats.gaps),
      refused: named(stats.refused),
      closes: named(stats.closes),
      load: `${Math.round(100 * stats.load)} %`,
      broker: stats.broker.state,
    }
  }
}

/** What Prometheus reads of a server. */
interface Metrics {
  server: Server
  details: HTMLDetailsElement
  text: HTMLElement
}

/** What who runs the servers looks at: asked for only while it is shown. */
export class Operator {
  readonly element: HTMLDetailsElement
  readonly #setup: Setup
  readonly #columns: Column[] = []
  readonly #metrics: Metrics[]
  #reports: readonly ServerReport[] = []
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(setup: Setup) {
    this.#setup = setup
    this.#metrics = setup.servers.map((server) => {
      const name = words.operator.metrics(server.name)
      const text = make('pre', { tabindex: '0', role: 'region', 'aria-label': name })
      const details = make('details', { class: 'metrics' }, make('summary', {}, name), text)
      details.addEventListener('toggle', () => void this.#look())
      return { server, details, text }
    })
    this.element = make(
      'details',
      { class: 'operator', id: 'operator' },
      make('summary', {}, words.operator.title),
      make('p', { class: 'faint' }, words.operator.lead),
      make(
        'div',
        { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.operator.title },
        this.#table(),
      ),
      ...this.#metrics.map(({ details }) => details),
    )
    this.element.addEventListener('toggle', () => this.#toggle())
  }

  report(reports: readonly ServerReport[]): void {
    this.#reports = reports
  }

  #table(): HTMLTableElement {
    const names = [...this.#setup.servers.map(({ name }) => name), ...(this.#hasMany ? [words.operator.all] : [])]
    const head = [words.operator.measure, ...names].map((name) => make('th', { scope: 'col' }, name))
    const cells = names.map(() => new Map<Row, HTMLElement>())
    const body = make('tbody')
    for (const [row, name] of Object.entries(words.operator.rows) as [Row, string][]) {
      const made = cells.map((column) => {
        const cell = make('td', { 'data-row': row })
        column.set(row, cell)
        return cell
      })
      body.append(make('tr', {}, make('th', { scope: 'row' }, name), ...made))
    }
    this.#columns.push(...cells.map((each) => new Column(each)))
    return make('table', {}, make('thead', {}, make('tr', {}, ...head)), body)
  }

  get #hasMany(): boolean {
    return this.#setup.servers.length > 1
  }

  #toggle(): void {
    clearInterval(this.#timer)
    if (!this.element.open) return
    void this.#look()
    this.#timer = setInterval(() => void this.#look(), every)
  }

  async #look(): Promise<void> {
    const { servers, token } = this.#setup
    const all = await Promise.all(
      servers.map(async ({ origin }) => {
        const response = await askServer(origin, '/stats', token)
        return response?.json().catch(() => undefined) as Promise<Stats | undefined>
      }),
    )
    for (const [index, stats] of all.entries()) this.#columns[index]?.show(stats, this.#vitals(servers[index]))
    const answered = all.filter((stats) => stats !== undefined)
    if (this.#hasMany)
      this.#columns.at(-1)?.show(answered.length > 0 ? together(answered) : undefined, this.#allVitals())
    await Promise.all(this.#metrics.map((each) => this.#readMetrics(each)))
  }

  async #readMetrics({ server, details, text }: Metrics): Promise<void> {
    if (!details.open) return
    const response = await askServer(server.origin, '/metrics', this.#setup.token)
    say(text, (await response?.text().catch(() => undefined)) ?? words.operator.silent)
  }

  #vitals(server: Server | undefined): Partial<Record<Row, string>> {
    const vitals = this.#reports.find(({ name }) => name === server?.name)?.vitals
    if (!vitals) return { runtime: server?.name ?? '' }
    return { runtime: vitals.runtime, engine: vitals.engine, memory: inMegabytes(vitals.memory) }
  }

  #allVitals(): Partial<Record<Row, string>> {
    const memory = this.#reports.reduce((sum, { vitals }) => sum + (vitals?.memory ?? 0), 0)
    return memory > 0 ? { memory: inMegabytes(memory) } : {}
  }
}

function named(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.length === 0 ? '0' : some.map(([name, count]) => `${name} ${count}`).join(', ')
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}

function inKilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(1)} kB`
}
