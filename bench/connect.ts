/**
 * What does an event of a replay cost a client, against a bare loop over fetch with eventsource-parser?
 *
 *     node --conditions=@holdfast/source bench/connect.ts [rounds] [thousands of events] [server | memory]
 *
 * The log comes from a server in a process of its own, whose CPU does not count, or from memory, which leaves out what
 * the socket and fetch cost. Every contender parses each event's JSON and adds up. Rounds are interleaved in one process,
 * who goes first changes, and a ratio is taken within a round.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fork } from 'node:child_process'
import process from 'node:process'
import { Readable } from 'node:stream'
import { readEventStream } from '@holdfast/core'
import { connect } from '@holdfast/core/client'
import { createParser } from 'eventsource-parser'
import { compare } from './report.ts'

const rounds = Number(process.argv[2] ?? 15)
const count = Number(process.argv[3] ?? 50) * 1_000
const from = process.argv[4] ?? 'server'
const headers = { 'content-type': 'text/event-stream' }
const chunks = chunksOf(count)

// The server is this file again, in a child process.
if (process.send) await serve(process.send.bind(process))
const server = from === 'server' ? fork(import.meta.filename, process.argv.slice(2)) : undefined
const url = server ? ((await once(server, 'message'))[0] as string) : 'http://127.0.0.1/'
const replay = server ? fetch : fromMemory

interface Contender {
  name: string
  /** At most so many times the bare loop. */
  goal?: number
  /** Read the stream to its end. Resolves with the sum of what its events say. */
  read(): Promise<number>
}

interface Tick {
  seq: number
}

const bare: Contender = {
  name: 'fetch, eventsource-parser',
  async read() {
    let sum = 0
    const parser = createParser({ onEvent: ({ data }) => void (sum += (JSON.parse(data) as Tick).seq) })
    const reader = (await replay(url)).body!.getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return sum
      parser.feed(decoder.decode(value, { stream: true }))
    }
  },
}

const contenders: Contender[] = [
  bare,
  {
    name: 'readEventStream',
    async read() {
      let sum = 0
      for await (const event of readEventStream(await replay(url))) sum += event.json<Tick>().seq
      return sum
    },
  },
  {
    name: 'connect, for await',
    goal: 1.5,
    async read() {
      let sum = 0
      for await (const event of connect(url, { fetch: replay })) sum += event.json<Tick>().seq
      return sum
    },
  },
  {
    name: 'connect, on',
    goal: 1.3,
    async read() {
      let sum = 0
      const connection = connect(url, { fetch: replay })
      await new Promise<void>((resolve) => {
        connection.on('message', (event) => {
          const { seq } = event.json<Tick>()
          sum += seq
          if (seq === count - 1) resolve()
        })
      })
      return sum
    },
  },
]

const expected = (count * (count - 1)) / 2
const samples = contenders.map((): number[] => [])
for (let round = -3; round < rounds; round++) {
  for (let turn = 0; turn < contenders.length; turn++) {
    const index = (round + 3 + turn) % contenders.length
    const cost = await microseconds(contenders[index] as Contender)
    // The first rounds warm up.
    if (round >= 0) samples[index]?.push(cost)
  }
}

const [base, ...others] = samples as [number[], ...number[][]]
others.forEach((costs, index) => {
  const { name, goal } = contenders[index + 1] as Contender
  const peer = { name: bare.name, costs: base }
  compare(`${name}, Node`, 'µs CPU an event', costs, peer, goal === undefined ? undefined : { most: goal })
})

server?.kill()

/** CPU time for an event, garbage collection included. */
async function microseconds({ name, read }: Contender): Promise<number> {
  const before = process.cpuUsage()
  const sum = await read()
  const { user, system } = process.cpuUsage(before)
  if (sum !== expected) throw new Error(`Cannot compare "${name}": its events add up to ${sum}, not ${expected}`)
  return (user + system) / count
}

async function serve(tell: (url: string) => void): Promise<never> {
  const listening = createServer((_request, response) => {
    Readable.from(chunks).pipe(response.writeHead(200, headers))
  }).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  tell(`http://127.0.0.1:${(listening.address() as AddressInfo).port}/`)
  process.once('disconnect', () => process.exit())
  return new Promise(() => {})
}

/** A fetch that answers with the whole log. */
async function fromMemory(): Promise<Response> {
  let next = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[next++]
        if (chunk) controller.enqueue(chunk)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers })
}

/** Events of about 100 bytes, with the positions of one topic, and the end that a hub announces. */
function chunksOf(events: number): Uint8Array<ArrayBuffer>[] {
  const text = Array.from(
    { length: events },
    (_, seq) =>
      `id: c1~38ktp2ey-mf1a2b3c-${seq.toString(36)}\ndata: {"seq":${seq},"kind":"tick","value":${(seq * 7_919) % 1_000}}\n\n`,
  )
  const bytes = new TextEncoder().encode(`${text.join('')}: hint end=done\n\n`)
  return Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) => bytes.slice(i * 65_536, (i + 1) * 65_536))
}
