import process from 'node:process'
import { expect, it } from 'vitest'
import { EventStreamParser } from '../../src/wire/parse.ts'
import { bytesOf } from './collect.ts'
import { type Call, callsOf } from './reference.ts'

const { HOLDFAST_SEED: seed, HOLDFAST_RUNS: runs } = process.env
const first = seed === undefined ? 1 : Number(seed)
const count = Number(runs ?? (seed === undefined ? 400 : 1))

/** Lines of which the parser could take one for another, or cut one wrongly. */
const lines = [
  'data: a',
  'data: {"b":1}',
  'data:c',
  'data',
  'data:',
  'data:  d',
  'data: größe €',
  'data: 😀',
  'datas: x',
  'dat',
  'event: tick',
  'event:tick',
  'event:  tick',
  'event: ticks',
  'event: tic',
  'event: tock',
  'event: ',
  'event:content_block_delta',
  'event: größe',
  'event',
  'events: x',
  'event : x',
  'id: 1',
  'id: c1~38ktp2ey-mf1a2b3c-a1',
  `id: ${'long'.repeat(20)}`,
  'id: é',
  'id: a\0b',
  'id',
  'ids: 1',
  'i',
  'retry: 5',
  'retry: 5x',
  'retry',
  ': note',
  ':',
  ':x',
  'x: y',
  'x',
  '\uFEFFdata: x',
  'DATA: x',
  ' data: x',
]

function randomOf(start: number): (below: number) => number {
  let state = start
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

type Random = ReturnType<typeof randomOf>

function streamOf(random: Random): Uint8Array {
  const ends = [['\n'], ['\n'], ['\r\n'], ['\r'], ['\n', '\r', '\r\n']][random(5)] as string[]
  // Now and then more than is decoded at once, or a line that is.
  const length = random(8) === 0 ? 3_000 : random(40)
  const pick = (from: readonly string[]): string => from[random(from.length)] as string
  // Of some streams all lines are alike, so that runs of them are long.
  const known = random(3) === 0 ? [pick(lines), 'data: more'] : lines
  let text = random(6) === 0 ? '\uFEFF' : ''
  for (let index = 0; index < length; index++) {
    text += (random(3) === 0 ? '' : pick(known)) + (random(400) === 0 ? 'y'.repeat(20_000) : '') + pick(ends)
  }
  const bytes = bytesOf(text)
  // What is no UTF-8 comes too.
  for (let bad = random(4) === 0 ? 3 : 0; bad > 0 && bytes.length > 0; bad--)
    bytes[random(bytes.length)] = 128 + random(128)
  return bytes
}

/** All calls of a parser's handlers, some of which throw once they were noted. */
function parse(stream: Uint8Array, random: Random): Call[] {
  const calls: Call[] = []
  const throwing = random(3) === 0
  const note = (...call: Call): void => {
    calls.push(call)
    if (throwing && random(4) === 0) throw new Error('thrown by a handler')
  }
  const parser = new EventStreamParser({
    onEvent: ({ event, data, id }, ownId) => note('event', event, data, id, ownId),
    onRetry: (milliseconds) => note('retry', milliseconds),
    onComment: (text) => note('comment', text),
    onCheckpoint: (id) => note('checkpoint', id),
  })
  const most = [3, 10, 100, 1_000, 70_000][random(5)] as number
  for (let at = 0; at < stream.length;) {
    const chunk = stream.slice(at, (at += 1 + random(most)))
    pushAll(parser, chunk)
    // Nobody keeps the chunk.
    chunk.fill(10)
  }
  return calls
}

function pushAll(parser: EventStreamParser, chunk: Uint8Array): void {
  for (let rest = chunk; ; rest = new Uint8Array(0)) {
    try {
      return parser.push(rest)
    } catch (error) {
      if ((error as Error).message !== 'thrown by a handler') throw error
    }
  }
}

it(
  'the parser does what the standard says, whatever the stream, its chunks and its handlers',
  { timeout: 60_000 + count * 100 },
  () => {
    let events = 0
    for (let run = first; run < first + count; run++) {
      const random = randomOf(run)
      const stream = streamOf(random)
      const expected = callsOf(stream)
      expect(parse(stream, random), `HOLDFAST_SEED=${run}`).toEqual(expected)
      events += expected.filter(([what]) => what === 'event').length
    }
    expect(events).toBeGreaterThan(0)
  },
)
