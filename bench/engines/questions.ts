import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { HubProcess } from './hub-process.ts'
import type { Published } from './hub.ts'

/** How long a bench may take. */
export interface Extent {
  /** Milliseconds that one kind of load lasts. */
  loadMs: number
  /** To how many topics a hub listens, one after the other. */
  topics: readonly number[]
  /** Milliseconds without a publish, to see what listening costs; 0 leaves it out. */
  quietMs: number
}

/** An engine's hubs. Where each process has a log of its own there is one, which is both first and last. */
export interface Hubs {
  engine: string
  all: readonly HubProcess[]
  first: HubProcess
  last: HubProcess
  /** kill -9 of the engine, and its start. */
  restart: (() => Promise<void>) | undefined
}

/** Numbers by what they are of. */
export type Figures = Record<string, number>

/** One question: its answer is a row for each engine, or several, each told as soon as it is known. */
export interface Question {
  title: string
  ask(hubs: Hubs, extent: Extent): AsyncGenerator<[row: string, figures: Figures]>
}

const readers = 100
const oneByOne = { inFlight: 1, batch: 1, pause: 0 }
const calm = { inFlight: 1, batch: 1, pause: 5 }
const warmUpMs = 300

export const questions: readonly Question[] = [
  { title: 'Latency and publishing', ask: publishing },
  { title: `Deliveries, ${readers} readers a hub`, ask: delivering },
  { title: 'Many topics', ask: manyTopics },
  {
    title: 'After kill -9 of the engine, ms from when it is there again; the hubs listen to the topics above',
    ask: comingBack,
  },
]

/** From `publish` at one hub to the event at a reader of another one; then publishing as fast as it goes, unread. */
async function* publishing(hubs: Hubs, { loadMs }: Extent): AsyncGenerator<[string, Figures]> {
  const { first: publisher, last: reader } = hubs
  const heard = { prefix: randomUUID(), from: 0, to: 1 }
  await reader.ask('follow', { ...heard, readers: 1, timed: true })
  await publisher.ask('publish', { ...heard, ...calm, forMs: warmUpMs })
  await latencies(reader)
  await publisher.ask('publish', { ...heard, ...calm, forMs: 2 * loadMs })
  const latency = await latencies(reader)

  const unheard = { prefix: randomUUID(), from: 0, to: 1 }
  const measure = (load: typeof oneByOne): Promise<Measured> =>
    measured([publisher], () => publisher.ask('publish', { ...unheard, ...load, forMs: loadMs }))
  await measure(oneByOne)
  const sequential = await measure(oneByOne)
  const concurrent = await measure({ inFlight: 100, batch: 1, pause: 0 })
  const batches = await measure({ inFlight: 1, batch: 100, pause: 0 })
  yield [
    hubs.engine,
    {
      'latency p50, ms': latency.p50,
      'p99, ms': latency.p99,
      'publishes/s, one by one': perSecond(sequential),
      'CPU, µs each': microseconds(sequential),
      '100 at once': perSecond(concurrent),
      'CPU, µs each ': microseconds(concurrent),
      'events/s in batches of 100': perSecond(batches),
      'CPU, µs an event': microseconds(batches),
    },
  ]
}

/** One hub publishes, all of them have readers. Until the last one has all. */
async function* delivering({ engine, all, first }: Hubs, { loadMs }: Extent): AsyncGenerator<[string, Figures]> {
  for (let count = 1; count <= all.length; count++) {
    const topic = { prefix: randomUUID(), from: 0, to: 1 }
    const taking = all.slice(0, count)
    for (const hub of taking) await hub.ask('follow', { ...topic, readers, timed: false })
    const already = await Promise.all(taking.map((hub) => hub.ask('deliveries', {})))
    const { events, elapsedMs, cpuMs } = await measured(taking, async () => {
      const startedAt = performance.now()
      const published = await first.ask('publish', { ...topic, inFlight: 10, batch: 10, pause: 0, forMs: loadMs })
      const deliveries = published.events * readers
      await Promise.all(taking.map((hub, index) => hub.ask('delivered', { count: (already[index] ?? 0) + deliveries })))
      return { ...published, elapsedMs: performance.now() - startedAt }
    })
    const deliveries = events * readers * count
    yield [
      `${engine}, ${count} ${count === 1 ? 'hub' : 'hubs'}`,
      {
        'events/s': (events * 1_000) / elapsedMs,
        'deliveries/s': (deliveries * 1_000) / elapsedMs,
        'CPU of all hubs, µs a delivery': (cpuMs * 1_000) / deliveries,
      },
    ]
  }
}

/** One hub listens to more and more topics; another one publishes to a random one of them. */
async function* manyTopics(hubs: Hubs, { loadMs, topics, quietMs }: Extent): AsyncGenerator<[string, Figures]> {
  const { first: publisher, last: reader } = hubs
  const prefix = randomUUID()
  let from = 0
  for (const to of topics) {
    const before = {
      cpuMs: await reader.ask('cpu', {}),
      live: await reader.ask('liveBytes', {}),
      at: performance.now(),
    }
    await reader.ask('follow', { prefix, from, to, readers: 1, timed: true })
    const took = performance.now() - before.at
    const cpuMs = (await reader.ask('cpu', {})) - before.cpuMs
    const bytes = (await reader.ask('liveBytes', {})) - before.live
    await publisher.ask('publish', { prefix, from: 0, to, ...calm, forMs: warmUpMs })
    await latencies(reader)
    await publisher.ask('publish', { prefix, from: 0, to, ...calm, forMs: loadMs })
    const { p50, p99 } = await latencies(reader)
    yield [
      `${hubs.engine}, ${to.toLocaleString('en')} topics`,
      {
        'to listen: ms a topic': took / (to - from),
        'CPU, µs a topic': (cpuMs * 1_000) / (to - from),
        'KB a topic': bytes / (to - from) / 1_024,
        'latency p50, ms': p50,
        'p99, ms': p99,
        ...(quietMs > 0 && { 'quiet: CPU, ms a second': await quietCpu(reader, quietMs) }),
      },
    ]
    from = to
  }
}

async function quietCpu(hub: HubProcess, quietMs: number): Promise<number> {
  const before = await hub.ask('cpu', {})
  await wait(quietMs)
  return (((await hub.ask('cpu', {})) - before) * 1_000) / quietMs
}

/** Nobody is refused any more, and a reader elsewhere hears what was published first. */
async function* comingBack({ engine, first, last, restart }: Hubs): AsyncGenerator<[string, Figures]> {
  if (!restart) return
  const topic = { prefix: randomUUID(), from: 0, to: 1 }
  await last.ask('follow', { ...topic, readers: 1, timed: false })
  await first.ask('publish', { ...topic, ...calm, forMs: warmUpMs })
  await restart()
  const startedAt = performance.now()
  const before = await last.ask('deliveries', {})
  const publishOnce = { ...topic, ...oneByOne, forMs: 1 }
  while ((await first.ask('publish', publishOnce)).events === 0) await wait(5)
  const accepted = performance.now() - startedAt
  await last.ask('delivered', { count: before + 1 })
  yield [engine, { 'first publish accepted': accepted, 'first event at a reader': performance.now() - startedAt }]
}

interface Measured extends Published {
  /** Of all hubs that take part. */
  cpuMs: number
}

async function measured(hubs: readonly HubProcess[], act: () => Promise<Published>): Promise<Measured> {
  const cpu = async (): Promise<number> => {
    const each = await Promise.all(hubs.map((hub) => hub.ask('cpu', {})))
    return each.reduce((sum, cpuMs) => sum + cpuMs, 0)
  }
  const before = await cpu()
  const published = await act()
  if (published.refused > 0) console.log(`  ${published.refused} publications were refused`)
  return { ...published, cpuMs: (await cpu()) - before }
}

function perSecond({ events, elapsedMs }: Published): number {
  return (events * 1_000) / elapsedMs
}

function microseconds({ cpuMs, events }: Measured): number {
  return (cpuMs * 1_000) / events
}

async function latencies(reader: HubProcess): Promise<{ p50: number; p99: number }> {
  // The last ones are still on their way.
  await wait(200)
  const sorted = (await reader.ask('latencies', {})).toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}
