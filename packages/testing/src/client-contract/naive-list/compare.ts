import { setTimeout as wait } from 'node:timers/promises'
import { serve } from '@holdfast/adapters/node'
import { createHub, memoryBroker } from '@holdfast/core/hub'
import { type NetworkFault, networkFaults } from '../faults.ts'
import { faultsOf, interruptions } from '../judge.ts'
import type { FeedReport, Numbered } from '../plan.ts'
import { busiestOf, Way } from '../way.ts'
import { naiveList } from './naive.ts'
import { ourList } from './ours.ts'

/** What one list of URLs made of a fault. */
export interface Outcome {
  fault: string
  list: 'naive' | 'ours'
  lost: number
  repeated: number
  outOfOrder: number
  /** Milliseconds from each cut to an event published after it; infinite where none came. */
  interruptions: number[]
}

const topic = 'prices'
const pace = 50
const cuts = 3
/** Longer than what counts as a stream that stood. */
const between = 5_500
// The slow link cuts nothing, and a list that knows only errors does nothing about it.
const faults = networkFaults.filter(({ name }) => name !== 'slow link')

/** Both lists against the same faults at the same moments: two servers, one log, a fault proxy on every way. */
export async function compareLists(): Promise<Outcome[]> {
  await using stack = new AsyncDisposableStack()
  const broker = memoryBroker()
  const hubs = [0, 1].map(() => createHub({ broker, stream: { heartbeat: 1_000 } }))
  const targets: string[] = []
  for (const hub of hubs) {
    const server = await serve({
      fetch: (request) => hub.respond(request, { topics: [topic] }),
      port: 0,
      hostname: '127.0.0.1',
    })
    stack.defer(() => server.close({ hub, within: 100 }))
    targets.push(server.url)
  }
  let published = 0
  const timer = setInterval(() => {
    const data: Numbered = { n: published++, at: Date.now() }
    void hubs[0]?.publish(topic, { data })
  }, pace)
  const runs = faults.flatMap((fault) => [
    play('naive', naiveList, fault, targets),
    play('ours', ourList, fault, targets),
  ])
  const ends = await Promise.all(runs)
  clearInterval(timer)
  // What was published last is on its way.
  await wait(500)
  return ends.map((end) => end(published))
}

type List = typeof naiveList

async function play(
  list: Outcome['list'],
  follow: List,
  fault: NetworkFault,
  targets: readonly string[],
): Promise<(published: number) => Outcome> {
  const ways = await Promise.all(targets.map((target) => Way.to(target)))
  const events: FeedReport['events'] = []
  const close = follow(
    ways.map(({ url }) => url),
    (data) => {
      const { n, at } = JSON.parse(data) as Numbered
      events.push({ n, topic, publishedAt: at, arrivedAt: Date.now() })
    },
  )
  const times: number[] = []
  for (let cut = 0; cut < cuts; cut++) {
    const way = await busiestOf(ways, between)
    times.push(Date.now())
    await strike(way, fault)
  }
  await wait(2_000)
  return (published) => {
    close()
    void Promise.all(ways.map(({ proxy }) => proxy.close()))
    const { lost, repeated, outOfOrder } = faultsOf(events, published, [topic])
    return { fault: fault.name, list, lost, repeated, outOfOrder, interruptions: interruptions(events, times) }
  }
}

async function strike(way: Way, { strike, lift, lasts = 0 }: NetworkFault): Promise<void> {
  strike(way)
  await wait(lasts)
  await lift?.(way)
}

/** As Markdown. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ fault, list, lost, repeated, interruptions }) => {
    const sorted = interruptions.toSorted((a, b) => a - b)
    const [median, most] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)].map(show)
    return `| ${fault} | ${list} | ${lost} | ${repeated} | ${median}/${most} |`
  })
  return ['| fault | list | lost | repeated | ms to the next event, p50/max |', '|---|---|---|---|---|', ...lines].join(
    '\n',
  )
}

function show(milliseconds = NaN): string {
  return Number.isFinite(milliseconds) ? String(Math.round(milliseconds)) : 'never'
}
