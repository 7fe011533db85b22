/**
 * What does each engine cost, and how long does an event take through it from one process to another?
 *
 *     node --conditions=@holdfast/source bench/engines.ts [rounds | quick]
 *
 * Starts Redis, Postgres and NATS on free ports, each writing to this machine's disk as docs/engines.md says, and hubs in
 * processes of their own, which open their engine as the apps do. Readers are streams whose sinks take everything: the
 * engine's cost and the hub's, without sockets. Each round asks one engine after the other all questions, and who goes
 * first changes; to 10,000 topics they listen in the last one alone. Events have 100 bytes; CPU is that of the hubs, not
 * of the engine. Memory is one process, so there the reader is at the hub that publishes. `quick` is one shorter round
 * with 1,000 topics.
 */
import { cpus, loadavg } from 'node:os'
import process from 'node:process'
import { type Extent, type Figures, questions } from './engines/questions.ts'
import { HubProcess } from './engines/hub-process.ts'
import { type Engine, startEngines } from './engines/servers.ts'

const isQuick = process.argv[2] === 'quick'
const rounds = isQuick ? 1 : Number(process.argv[2] ?? 3)
// Longer than the interval in which Redis and Postgres are asked what was missed.
const whole: Extent = { loadMs: 1_000, topics: [1_000, 10_000], quietMs: 5_500 }
const short: Extent = { loadMs: isQuick ? 500 : 1_000, topics: [1_000], quietMs: 0 }
const startedAt = performance.now()

await using stack = new AsyncDisposableStack()
const engines = await startEngines(stack)
const versions = engines.map(({ name, version }) => `${name} ${version}`).join(', ')
say(`${cpus().length} cores; ${versions}; load average ${load()}`)

const answers = questions.map(() => new Map<string, Figures[]>())
const loads: number[] = []
for (let round = 0; round < rounds; round++)
  for (const turn of engines.keys()) await askAll(engines[(round + turn) % engines.length] as Engine, round)

for (const [number, { title }] of questions.entries()) console.log(`\n${title}\n\n${table(number)}`)
const [low, middle, high] = extremes(loads)
say(`load average ${middle.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)}) while it ran`)

async function askAll(engine: Engine, round: number): Promise<void> {
  using processes = new DisposableStack()
  const all = await Promise.all(Array.from({ length: engine.isShared ? 3 : 1 }, () => HubProcess.start(engine.env)))
  for (const hub of all) processes.use(hub)
  const [first, last] = [all[0] as HubProcess, all.at(-1) as HubProcess]
  const hubs = { engine: engine.name, all, first, last, restart: engine.restart }
  const extent = isQuick || round < rounds - 1 ? short : whole
  for (const [number, question] of questions.entries()) {
    for await (const [row, figures] of question.ask(hubs, extent)) {
      const rows = answers[number]
      rows?.set(row, [...(rows.get(row) ?? []), figures])
      loads.push(loadavg()[0] ?? NaN)
      const told = Object.entries(figures).map(([name, value]) => `${name.trim()} ${format(value)}`)
      say(`round ${round + 1} of ${rounds}, ${row}: ${told.join('; ')}`)
    }
  }
}

/** The median of the rounds, and between which two all of them were. */
function table(number: number): string {
  const all = answers[number] ?? new Map<string, Figures[]>()
  const names = Object.keys([...all.values()].flat().at(-1) ?? {})
  const rows = engines.flatMap(({ name }) => [...all].filter(([row]) => row === name || row.startsWith(`${name},`)))
  return [
    `| | ${names.map((name) => name.trim()).join(' | ')} |`,
    `|-|${names.map(() => '-').join('|')}|`,
    ...rows.map(([row, runs]) => `| ${row} | ${names.map((name) => spread(runs, name)).join(' | ')} |`),
  ].join('\n')
}

function spread(runs: readonly Figures[], name: string): string {
  const [low, middle, high] = extremes(runs.flatMap((figures) => figures[name] ?? []))
  return low === high ? format(middle) : `${format(middle)} (${format(low)}–${format(high)})`
}

/** The least, the middle and the most. */
function extremes(values: readonly number[]): [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
  return [at(0), at(0.5), at(1)]
}

/** Three digits that mean something. */
function format(value: number): string {
  if (Number.isNaN(value)) return '–'
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 })
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(', ')
}

function elapsed(): number {
  return performance.now() - startedAt
}

function say(text: string): void {
  console.log(`${(elapsed() / 1_000).toFixed(0).padStart(4)} s  ${text}`)
}
