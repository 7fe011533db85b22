/**
 * How fast is the parser, against eventsource-parser, bytes in?
 *
 *     node --conditions=@holdfast/source bench/parse.ts [rounds] [shape]
 *
 * Rounds are interleaved, and a ratio is taken within a round, so a machine that slows down slows both.
 */
import { EventStreamParser } from '@holdfast/core'
import { createParser } from 'eventsource-parser'
import { quartiles, report } from './report.ts'

const rounds = Number(process.argv[2] ?? 15)
const only = process.argv[3]
const encoder = new TextEncoder()

interface Shape {
  name: string
  chunks: Uint8Array[]
  events: number
}

interface Contender {
  name: string
  parse(chunks: Uint8Array[]): number
}

const ours: Contender = {
  name: 'holdfast',
  parse(chunks) {
    let events = 0
    const parser = new EventStreamParser({ onEvent: (event) => (events += read(event.data)) })
    for (const chunk of chunks) parser.push(chunk)
    return events
  },
}

const theirs: Contender = {
  name: 'eventsource-parser',
  parse(chunks) {
    let events = 0
    const parser = createParser({ onEvent: (event) => (events += read(event.data)) })
    const decoder = new TextDecoder()
    for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }))
    return events
  },
}

const shapes = [
  shape('LLM tokens, one event a chunk', llmEvents(20_000), 'each'),
  shape(
    'LLM tokens with event names, one event a chunk',
    llmEvents(20_000).map((text) => `event: content_block_delta\n${text}`),
    'each',
  ),
  shape('small events, 64 KB chunks', numbered(60_000, '\n'), 65_536),
  shape('small events with ids, 64 KB chunks', withIds(numbered(60_000, '\n')), 65_536),
  shape('small events, CRLF, 64 KB chunks', numbered(60_000, '\r\n'), 65_536),
  shape(
    'not ASCII, 64 KB chunks',
    numbered(60_000, '\n').map((text) => text.replace('tick', 'größe €')),
    65_536,
  ),
  shape('1 to 7 bytes a chunk', numbered(6_000, '\n'), 'dribble'),
  shape('data of 400 lines, 16 KB chunks', multiline(150, 400), 16_384),
  shape(
    'data of 1 MB in one line, 16 KB chunks',
    [`data: ${'x'.repeat(1_000_000)}\n\n`, `data: ${'y'.repeat(1_000_000)}\n\n`],
    16_384,
  ),
].filter(({ name }) => only === undefined || name.includes(only))

const medians = shapes.map(measure)
const mean = Math.exp(medians.reduce((sum, ratio) => sum + Math.log(ratio), 0) / medians.length)
report({ question: 'geometric mean, Node', ours: mean, unit: 'times as fast', goal: { least: 1.4 } })

function measure(shape: Shape): number {
  const bytes = shape.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const repeat = Math.max(1, Math.round(4_000_000 / bytes))
  for (let warm = 0; warm < 3; warm++) for (const contender of [ours, theirs]) time(contender, shape, repeat)
  const samples: [number, number][] = []
  for (let round = 0; round < rounds; round++) {
    // Who goes first alternates: the second finds warm caches, and pays for the first one's garbage.
    const first = round % 2 === 0 ? ours : theirs
    const a = time(first, shape, repeat)
    const b = time(first === ours ? theirs : ours, shape, repeat)
    samples.push(first === ours ? [a, b] : [b, a])
  }
  const speedup = quartiles(samples.map(([mine, other]) => other / mine))
  const [cost, peerCost] = ([0, 1] as const).map(
    (index) => (quartiles(samples.map((sample) => sample[index])).middle / (bytes * repeat)) * 1e6,
  ) as [number, number]
  report({
    question: `${shape.name}, Node: how many times as fast`,
    ours: cost,
    unit: 'ms CPU/MB',
    peer: { name: 'eventsource-parser', cost: peerCost },
    ratio: speedup,
    goal: { least: 1 },
  })
  return speedup.middle
}

// Look into the data, as every reader does: a string that was only concatenated is put together when first read.
function read(data: string): number {
  return data.charCodeAt(data.length - 1) > 0 ? 1 : 0
}

// CPU time, in milliseconds, garbage collection included.
function time(contender: Contender, shape: Shape, repeat: number): number {
  const before = process.cpuUsage()
  for (let i = 0; i < repeat; i++) {
    const events = contender.parse(shape.chunks)
    if (events !== shape.events)
      throw new Error(`Cannot compare "${contender.name}": ${events} events, not ${shape.events}`)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function shape(name: string, events: string[], chunking: 'each' | 'dribble' | number): Shape {
  if (chunking === 'each') return { name, events: events.length, chunks: events.map((text) => encoder.encode(text)) }
  const bytes = encoder.encode(events.join(''))
  const chunks: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = chunking === 'dribble' ? ((i * 5) % 7) + 1 : chunking
    chunks.push(bytes.slice(at, (at += size)))
  }
  return { name, events: events.length, chunks }
}

function llmEvents(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const delta = JSON.stringify({
      id: 'chatcmpl-9xK2',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: ` token${i}` } }],
    })
    return `data: ${delta}\n\n`
  })
}

function numbered(count: number, end: string): string[] {
  return Array.from(
    { length: count },
    (_, i) => `data: {"seq":${i},"kind":"tick","value":${(i * 7919) % 1000}}${end}${end}`,
  )
}

function withIds(events: string[]): string[] {
  return events.map((text, i) => `event: tick\nid: c1~38ktp2ey-mf1a2b3c-${i.toString(36)}\n${text}`)
}

function multiline(count: number, lines: number): string[] {
  return Array.from(
    { length: count },
    () => `${Array.from({ length: lines }, (_, i) => `data: line ${i} of a longer text\n`).join('')}\n`,
  )
}
