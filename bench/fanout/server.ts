/**
 * The server of the fan-out benches, on Node, Bun or Deno. `argv`: contender, and the secret of its tokens, if it takes any.
 * Prints its port.
 *
 * `/publish?count=&perTurn=&size=&pause=` publishes and answers a `Measured`, `/usage` a `Usage`, `/kept` what RSS is left in
 * MB once all garbage is collected.
 */
import process from 'node:process'
import { contenders } from './contenders.ts'
import { keptMb } from './kept.ts'

const name = process.argv[2] ?? 'holdfast'
const make = contenders[name]
if (!make) throw new Error(`No contender named "${name}"`)
const contender = await make(control)
console.log(`port ${contender.port}`)

async function control(url: URL): Promise<string> {
  const number = (key: string): number => Number(url.searchParams.get(key) ?? 1)
  if (url.pathname === '/count') return String(contender.count())
  if (url.pathname === '/kept') return String(await keptMb())
  if (url.pathname === '/usage') return JSON.stringify(usage())
  return JSON.stringify(await publish(number('count'), number('perTurn'), number('size'), number('pause')))
}

function usage(): object {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 1_048_576 }
}

async function publish(count: number, perTurn: number, size: number, pause: number): Promise<object> {
  const data = 'x'.repeat(size)
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  const rss = process.memoryUsage.rss()
  let rssPeak = rss
  let late = 0
  let last = startedAt
  const timer = setInterval(() => {
    late = Math.max(late, performance.now() - last - 5)
    last = performance.now()
  }, 5)
  for (let sent = 0; sent < count; sent += perTurn) {
    for (let index = 0; index < perTurn; index++) contender.publish(data)
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss())
    await new Promise((resolve) => (pause > 0 ? setTimeout(resolve, pause) : setImmediate(resolve)))
  }
  await contender.settle()
  rssPeak = Math.max(rssPeak, process.memoryUsage.rss())
  clearInterval(timer)
  const { user, system } = process.cpuUsage(cpu)
  return {
    cpuMs: (user + system) / 1_000,
    elapsedMs: performance.now() - startedAt,
    rssMb: rss / 1_048_576,
    rssPeakMb: rssPeak / 1_048_576,
    lateMs: Math.max(late, performance.now() - last - 5),
  }
}
