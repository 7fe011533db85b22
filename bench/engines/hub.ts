/**
 * A hub in a process of its own, for the bench of the engines: it opens the engine that its environment names, as the apps
 * do, and does what its parent asks of it.
 */
import process from 'node:process'
import { setImmediate, setTimeout as wait } from 'node:timers/promises'
import { brokerFromEnv } from '@holdfast/adapters/environment'
import { type Sink, sinkBodyOf } from '@holdfast/core/adapter'
import { BrokerUnavailableError, createHub } from '@holdfast/core/hub'

/** Topics with numbers: `prefix/from` up to `prefix/to`, which is not among them. */
export interface Topics {
  prefix: string
  from: number
  to: number
}

/** What a hub process does when it is asked. */
export interface Commands {
  /** Open streams on each topic, whose sinks take everything. With `timed` they note how old each event is. */
  follow(order: Topics & { readers: number; timed: boolean }): Promise<void>
  /** Publish for a while to topics taken at random. */
  publish(order: Topics & Load): Promise<Published>
  /** How many events have been delivered here. */
  deliveries(order: object): Promise<number>
  /** Resolves once so many events have been delivered here, all in all. */
  delivered(order: { count: number }): Promise<void>
  /** How old events were when they came, in milliseconds, since this was last asked. */
  latencies(order: object): Promise<number[]>
  /** Milliseconds of CPU time since its start. */
  cpu(order: object): Promise<number>
  /** Bytes that are live on its heap. */
  liveBytes(order: object): Promise<number>
}

interface Load {
  /** Publications at the same time. */
  inFlight: number
  /** Events of a publication. */
  batch: number
  /** Milliseconds between a publication and the next one. */
  pause: number
  forMs: number
}

/** What came of it. */
export interface Published {
  events: number
  publications: number
  refused: number
  elapsedMs: number
}

const size = 100
const subscribingAtOnce = 100
const { broker } = await brokerFromEnv(process.env)
const hub = createHub({
  broker,
  // An engine that is away is one of the questions.
  onError: (error) => error instanceof BrokerUnavailableError || console.error(error),
})
const latencies: number[] = []

const commands: Commands = {
  async follow({ prefix, from, to, readers, timed }) {
    const all = Array.from({ length: (to - from) * readers }, (_, index) => `${prefix}/${from + (index % (to - from))}`)
    for (let start = 0; start < all.length; start += subscribingAtOnce)
      await Promise.all(all.slice(start, start + subscribingAtOnce).map((topic) => open(topic, timed)))
  },
  async publish({ prefix, from, to, inFlight, batch, pause, forMs }) {
    const startedAt = now()
    const done = { events: 0, publications: 0, refused: 0 }
    const publishing = Array.from({ length: inFlight }, async () => {
      while (now() - startedAt < forMs) {
        const topic = `${prefix}/${from + Math.floor(Math.random() * (to - from))}`
        await publishOnce(topic, batch, done)
        // A server has other things to do, too, between two publications.
        await (pause > 0 ? wait(pause) : setImmediate())
      }
    })
    await Promise.all(publishing)
    return { ...done, elapsedMs: now() - startedAt }
  },
  async deliveries() {
    return hub.stats().delivered
  },
  async delivered({ count }) {
    while (hub.stats().delivered < count) await wait(1)
  },
  async latencies() {
    return latencies.splice(0)
  },
  async cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
  async liveBytes() {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
}

process.on('message', ({ id, name, order }: { id: number; name: keyof Commands; order: never }) => {
  commands[name](order).then(
    (result: unknown) => process.send?.({ id, result }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  )
})
process.once('disconnect', () => process.exit())
process.send?.('ready')

async function publishOnce(topic: string, batch: number, done: Omit<Published, 'elapsedMs'>): Promise<void> {
  const data = String(now()).padEnd(size)
  const event = { data }
  try {
    await hub.publish(topic, batch === 1 ? event : Array.from({ length: batch }, () => event))
    done.publications++
    done.events += batch
  } catch (error) {
    if (!(error instanceof BrokerUnavailableError)) throw error
    done.refused++
  }
}

async function open(topic: string, timed: boolean): Promise<void> {
  const response = await hub.respond(new Request('http://localhost/'), { topics: [topic] })
  sinkBodyOf(response.body)?.attach(sink(timed))
}

function sink(timed: boolean): Sink {
  const decoder = new TextDecoder()
  const note = (chunk: Uint8Array): void => {
    for (const [, sentAt] of decoder.decode(chunk).matchAll(/^data: ([\d.]+)/gm)) latencies.push(now() - Number(sentAt))
  }
  return {
    onDrain: undefined,
    onClose: undefined,
    write: (chunk) => {
      if (timed) note(chunk)
      return true
    },
    end: () => {},
    abort: () => {},
  }
}

/** Milliseconds of a clock that all processes of the machine share. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
