/**
 * What does it cost when every reader has a set of topics of its own, `{news, user:N}`? The body of an event on `news` is
 * still encoded once; each set adds its own ids.
 *
 *     node --conditions=@holdfast/source bench/topic-sets.ts [subscribers] [events]
 *
 * In one process, with sinks that take everything: the core's own cost, without sockets. The same number of readers of
 * `news` alone is measured in the same run.
 */
import process from 'node:process'
import { type Sink, sinkBodyOf } from '@holdfast/core/adapter'
import { createHub, type Hub } from '@holdfast/core/hub'

const subscribers = Number(process.argv[2] ?? 10_000)
const events = Number(process.argv[3] ?? 50)
const data = 'x'.repeat(1_000)

for (let round = 0; round < 3; round++) {
  await measure('all on {news}', () => ['news'])
  await measure('each on {news, user:N}', (index) => ['news', `user:${index}`])
}

async function measure(name: string, topicsOf: (index: number) => string[]): Promise<void> {
  const before = process.memoryUsage.rss()
  const hub = createHub()
  const taken = { bytes: 0 }
  await Promise.all(Array.from({ length: subscribers }, (_, index) => join(hub, topicsOf(index), taken)))
  const perSubscriber = (process.memoryUsage.rss() - before) / subscribers / 1_024
  const cpu = process.cpuUsage()
  for (let event = 0; event < events; event++) {
    await hub.publish('news', { data })
    await new Promise((resolve) => setImmediate(resolve))
  }
  while (hub.stats().delivered < events * subscribers) await new Promise((resolve) => setImmediate(resolve))
  const { user, system } = process.cpuUsage(cpu)
  const perMillion = (user + system) / (events * subscribers)
  await hub.close()
  console.log(
    `${name.padEnd(24)} ${perMillion.toFixed(2)} CPU s per million deliveries, ${perSubscriber.toFixed(1)} KB a subscriber`,
  )
}

async function join(hub: Hub, topics: string[], taken: { bytes: number }): Promise<void> {
  const response = await hub.respond(new Request('http://localhost/'), { topics })
  sinkBodyOf(response.body)?.attach(countingSink(taken))
}

function countingSink(taken: { bytes: number }): Sink {
  return {
    onDrain: undefined,
    onClose: undefined,
    write: (chunk) => ((taken.bytes += chunk.length), true),
    end: () => {},
    abort: () => {},
  }
}
