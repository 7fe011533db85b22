/**
 * What does one Durable Object take, and who should write the event streams?
 *
 *     node --conditions=@holdfast/source bench/cloudflare.ts [subscribers] [rounds]
 *
 * `hibernating`: the Worker writes, fed by WebSockets. `direct`: the object writes. `object only`: what of `hibernating`
 * happens in the object; its WebSockets lead to the client without any code of ours, so this is what limits a topic.
 * CPU is that of the workerd process that runs both; each row is a fresh one.
 */
import process from 'node:process'
import { type Readers, readSockets, readStreams } from './cloudflare/readers.ts'
import { startWorkerd } from './cloudflare/workerd.ts'

const subscribers = Number(process.argv[2] ?? 500)
const rounds = Number(process.argv[3] ?? 3)

const ways: Record<string, (url: string) => Promise<Readers>> = {
  hibernating: (url) => readStreams(`${url}events?mode=hibernating`, subscribers),
  direct: (url) => readStreams(`${url}events?mode=direct`, subscribers),
  'object only': (url) => readSockets(`${url}socket?kind=stream`, subscribers),
}

console.log(`${subscribers} subscribers of one topic, events of 100 characters; median of ${rounds}`)
console.log(`${''.padEnd(12)}  KB a client   deliveries per CPU s: 1 an event   10 a message   100 a message`)
for (const [name, open] of Object.entries(ways)) {
  const results: number[][] = []
  for (let round = 0; round < rounds; round++) results.push(await measure(open))
  const [memory, one, ten, hundred] = [0, 1, 2, 3].map((index) => median(results.map((result) => result[index]!)))
  console.log(
    `${name.padEnd(12)}${round(memory).padStart(13)}${round(one).padStart(33)}${round(ten).padStart(15)}${round(hundred).padStart(16)}`,
  )
}
for (const parallel of [1, 50]) await measurePublishing(parallel)

async function measure(open: (url: string) => Promise<Readers>): Promise<number[]> {
  const server = await startWorkerd()
  const before = server.memory()
  const readers = await open(server.url)
  await settled(() => 0)
  const memory = (server.memory() - before) / subscribers
  const rates = []
  for (const perTurn of [1, 10, 100]) {
    const count = Math.ceil(100 / Math.sqrt(perTurn))
    const [cpu, received] = [server.cpu(), readers.received()]
    // The pause is longer than the object's, so that each publication is a message of its own.
    await (await fetch(`${server.url}publish?count=${count}&perTurn=${perTurn}&pause=20`)).text()
    await settled(() => readers.received())
    const deliveries = readers.received() - received
    if (deliveries !== count * perTurn * subscribers)
      throw new Error(`${deliveries} of ${count * perTurn * subscribers} events came`)
    rates.push((deliveries * 1_000) / (server.cpu() - cpu))
  }
  readers.close()
  await server.close()
  return [memory, ...rates]
}

async function measurePublishing(parallel: number): Promise<void> {
  const server = await startWorkerd()
  const count = Math.ceil(3_000 / parallel)
  const [cpu, startedAt] = [server.cpu(), performance.now()]
  await (await fetch(`${server.url}publish?count=${count}&parallel=${parallel}`)).text()
  const total = count * parallel
  const seconds = (performance.now() - startedAt) / 1_000
  console.log(
    `${parallel} publishers: ${round(total / seconds)} publications/s, ${round((total * 1_000) / (server.cpu() - cpu))} per CPU s`,
  )
  await server.close()
}

/** Wait until a number has not changed for a second. */
async function settled(value: () => number): Promise<void> {
  for (let seen = NaN; seen !== value();) {
    seen = value()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function round(value: number | undefined): string {
  return Math.round(value ?? NaN).toLocaleString('en')
}
