/**
 * What does a delivery cost at 20,000 a second, and how late is it, where events come by HTTP? Against `res.write` by hand
 * and Nchan, nginx's module in C, where it is installed.
 *
 *     node --conditions=@holdfast/source bench/broadcast.ts [rounds] [readers]
 *
 * CPU is that of all processes of a server; each is a fresh one. A delay is from before the publication's request to the
 * reader's socket, in another process. Published as fast as it goes, Nchan would cost 0.6 of this and be 44 ms late: it
 * leaves Nagle's algorithm on, so the kernel gathers events that follow within a reader's delayed acknowledgement.
 */
import { Agent, request } from 'node:http'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { Audience } from './fanout/audience.ts'
import { type Broadcaster, broadcasters, type Start } from './fanout/broadcasters.ts'
import { stamped } from './fanout/stamp.ts'
import { compare, reportMissing } from './report.ts'
import { inTurns } from './rounds.ts'

const rounds = Number(process.argv[2] ?? 5)
const readers = Number(process.argv[3] ?? 1_000)
const [size, warmUp, deliveriesASecond, seconds] = [100, 200, 20_000, 6]
const count = (seconds * deliveriesASecond) / readers
const rate = `${deliveriesASecond.toLocaleString('en')} deliveries a second to ${readers.toLocaleString('en')}`

interface Cost {
  /** CPU of a delivery. */
  micros: number
  /** Of all deliveries, 99 % took no longer. */
  p99Ms: number
}

const names = Object.keys(broadcasters)
const costs = await inTurns(rounds, names, costOf)
for (const name of names.filter((each) => each !== 'holdfast')) {
  const tell = (question: string, unit: string, of: keyof Cost, goal?: { most: number }): void => {
    const values = (who: string): number[] => (costs[who] ?? []).map((cost) => cost[of])
    compare(`node, ${rate}${question}`, unit, values('holdfast'), { name, costs: values(name) }, goal)
  }
  tell('', 'µs CPU a delivery', 'micros', name === 'Nchan' ? { most: 1 } : undefined)
  tell(', delay: p99', 'ms', 'p99Ms', { most: 1 })
}
if (!names.includes('Nchan'))
  reportMissing(`node, ${rate}, against Nchan`, 'libnginx-mod-nchan of Debian is not installed')

async function costOf(name: string): Promise<Cost> {
  await using broadcaster = await (broadcasters[name] as Start)()
  using audience = await Audience.open(broadcaster.port, readers)
  const agent = new Agent({ keepAlive: true })
  try {
    for (let sent = 0; sent < warmUp; sent++) await post(agent, broadcaster, stamped(size))
    await taken(audience, warmUp)
    const before = broadcaster.cpuMs()
    for (let sent = 0; sent < count; sent++)
      await Promise.all([post(agent, broadcaster, stamped(size)), setTimeout((seconds * 1_000) / count)])
    const delays = await taken(audience, count)
    const micros = ((broadcaster.cpuMs() - before) * 1_000) / delays.length
    const p99Ms = (delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? NaN) / 1_000
    return { micros, p99Ms }
  } finally {
    agent.destroy()
  }
}

/** The delays of so many events, once everybody has them. */
async function taken(audience: Audience, events: number): Promise<number[]> {
  const delays: number[] = []
  for (const until = Date.now() + 30_000; delays.length < events * readers; await setTimeout(50)) {
    for (const delay of await audience.delays()) delays.push(delay)
    if (Date.now() > until) throw new Error(`Only ${delays.length} of ${events * readers} deliveries came`)
  }
  return delays
}

async function post(agent: Agent, { port }: Broadcaster, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, method: 'POST', path: '/event' }, (response) => {
      response.on('error', reject).on('end', resolve).resume()
    })
    sent.on('error', reject).end(data)
  })
}
