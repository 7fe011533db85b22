import { gzipSync } from 'node:zlib'
import { build, type BuildResult } from 'esbuild'
import { describe, expect, inject, it } from 'vitest'

const consumer = inject('consumer')

/**
 * Bytes after esbuild's minifying and gzip, as a browser or a Worker would load them. They stand a little above what was
 * measured, so that a growth is seen and decided; they guard, and do not shape.
 *
 * The parser has some 90 bytes more than its first 1,945: it can pass over an event that is too large, without which one such
 * event would end a client for good. `connect` was 8,192 when a budget bent it, and an estimate of 10,752 for its three rooms
 * left out what hostile servers taught since: bounds that are told, requests that can never work, older logs, deploys.
 * 2,050 more find dead streams by their rhythm and a probe, keep endpoints as a function up to date, and notice a sleep.
 * Some 1,300 more poll where a proxy collects streams, and let a page be put away. 190 more help an attempt that hangs and give it
 * up: of the interruptions among servers that fail by turns, 11 of 1,922 are longer than 6 s instead of 122 of 1,462. 110 more are for faults
 * that follow on each other: in `full`, 26 of 1,867 longer than 4 s instead of 126 of 1,596.
 * The hub was 16,384 before a producer that dies was noticed: leases, succession, stop, and reading a topic's state;
 * 20,480 before it knew of its broker, its delays and its gaps, and the service 6,500 before it told of them. A response was
 * 7,500 before it was safe without an adapter: its end told to native clients, `closed`, texts cut within a character. The service was
 * 7,168 before it took every host and kept tokens out of the log.
 * Some 350 fewer since a connection has one pool of endpoints, one set of streams, and one place for what follows from them.
 * `bench/parts.ts` says what each part takes: some 620 are poll mode, 1,150 the checks of options. Without all parts that can be
 * named it would be some 15,700, so 11,520 is for another algorithm, not for another way to write this one.
 * Saying what is wrong with an argument took all but the parser some 650 bytes, and `connect` 1,000 with its 20 options: names and
 * words, which nothing makes smaller, and without which a misspelt option is silence. The parser has 57, by which an error
 * may be a TypeError and one of ours.
 * Some 450 more, in whatever parses, are ways for what is usual: a text without CR, a run of lines of data, a tiny chunk.
 * Response and hub have grown by places: a ring for each topic instead of one for each set of topics, merged for their
 * readers. The hub also by whole ids, recent pages of the history, a memory broker that counts all it keeps, and a budget for
 * topics; the service by the depth of a body. Some 150 more are classes of their own for what a subscriber gets next and for
 * the parts of a hub, and topics of the memory broker in parts that are never copied as a whole; 240 hold a stream that is idle in
 * objects instead of closures, which keep all that was around them. 128 more of `connect` and what stands on it are for ends that
 * cross: a refusal after the end, a poll cut within an event, a tab that is closed as it is elected, a body cancelled at once.
 * Some 200 more of the same are a topic's key without BigInt, which a server makes for each stream, the usual content type known at
 * once, ids that do not keep the text they came in, and endpoints asked again while a function for others never answers.
 */
const budgets = [
  { what: 'the parser', program: `export { EventStreamParser } from '@holdfast/core'`, budget: 2_560 },
  { what: 'eventStream', program: `export { eventStream } from '@holdfast/core'`, budget: 10_432 },
  { what: 'the hub', program: `export { createHub } from '@holdfast/core/hub'`, budget: 27_392 },
  { what: 'EventSource', program: `export { EventSource } from '@holdfast/core/client'`, budget: 4_992 },
  { what: 'connect', program: `export { connect } from '@holdfast/core/client'`, budget: 20_736 },
  {
    what: 'resumingFetch, and with it connect',
    program: `export { resumingFetch } from '@holdfast/core/client'`,
    budget: 23_488,
  },
  { what: 'shared, and with it connect', program: `export { shared } from '@holdfast/core/client'`, budget: 25_664 },
  {
    what: 'connect and EventSource',
    program: `export { connect, EventSource } from '@holdfast/core/client'`,
    budget: 22_464,
  },
  {
    what: 'the service without hono',
    program: `export { createService } from '@holdfast/service'`,
    budget: 8_448,
    external: ['hono'],
  },
]

describe.each(budgets)('$what', ({ what, program, budget, external }) => {
  it(`fits into ${budget} bytes`, async () => {
    const { outputFiles } = await bundle(program, external)
    const size = gzipSync(outputFiles[0]!.contents, { level: 9 }).length
    console.log(`${what}: ${size} of ${budget} bytes`)
    expect(size).toBeLessThanOrEqual(budget)
  })
})

it('who imports the parser alone loads the wire alone', async () => {
  const { metafile } = await bundle(budgets[0]!.program)
  const inputs = Object.values(metafile.outputs)[0]!.inputs
  const loaded = Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0)
  expect(loaded.filter((path) => !/\/core\/dist\/(wire\/|errors\.js$)/.test(path))).toEqual([])
})

function bundle(contents: string, external: string[] = []): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    stdin: { contents, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external,
    metafile: true,
    write: false,
  })
}
