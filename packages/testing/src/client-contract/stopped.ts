import { setTimeout as wait } from 'node:timers/promises'
import { startOrigin, topic } from '../proxies/origin.ts'
import { Control } from './control.ts'
import { Feed } from './feed.ts'
import type { Numbered } from './plan.ts'
import type { ClientRuntime } from './runtimes.ts'
import { Way } from './way.ts'

/** What came of a client whose process was stopped for a while. */
export interface Stopped {
  /** Milliseconds from its waking up to the next event. */
  late: number
  /** What it got. */
  numbers: number[]
  /** How many were published from its first one on. */
  published: number
  states: string[]
}

/** Longer than a server waits for a client that takes nothing, and than a heartbeat's rules. */
const stoppedFor = 15_000
const pace = 50

/**
 * Stop a client's process while its server goes on, and let it go on again.
 *
 * @param isCut - whether its connection is gone by then, and nobody tells it
 */
export async function playStopped(runtime: ClientRuntime, isCut: boolean): Promise<Stopped> {
  await using stack = new AsyncDisposableStack()
  const origin = stack.use(await startOrigin({ heartbeat: 10_000 }))
  const control = stack.use(new Control())
  await control.listen()
  const ways = await Promise.all([0, 1].map(() => Way.to(`http://127.0.0.1:${origin.port}`)))
  for (const way of ways) stack.defer(() => way.proxy.close())
  const endpoints = ways.map(({ url }) => `${url}/events?topic=${topic}`)
  const feed = new Feed({ name: 'stopped', endpoints, redundancy: 'none' }, ways)
  control.plan('stopped', [feed])
  const client = stack.use(await runtime.start(control, 'stopped'))
  let count = 0
  const publish = (): unknown => origin.hub.publish(topic, { data: { n: count++, at: Date.now() } satisfies Numbered })
  const timer = setInterval(() => void publish(), pace)
  stack.defer(() => clearInterval(timer))
  await feed.opened()
  await wait(5_000)
  client.signal('SIGSTOP')
  if (isCut) for (const connection of feed.primary.live) connection.halfOpen('target')
  await wait(stoppedFor)
  client.signal('SIGCONT')
  const wokenAt = Date.now()
  await wait(5_000)
  clearInterval(timer)
  await origin.hub.end(topic)
  const { events } = await feed.report
  const next = events.find(({ arrivedAt }) => arrivedAt >= wokenAt)
  const numbers = events.map(({ n }) => n)
  return {
    late: (next?.arrivedAt ?? Infinity) - wokenAt,
    numbers,
    published: count - (numbers[0] ?? count),
    states: feed.statuses.map(({ status }) => status.state),
  }
}
