import type { Broker } from '@holdfast/core/hub'
import { expect } from 'vitest'
import { eventually } from '../../eventually.ts'
import { HubProcess } from '../hubs.ts'
import { readAll } from '../read-all.ts'

const runtimes = ['node', 'bun', 'deno'] as const
const count = 150

/** An engine, and what happens to it. */
export interface FaultyEngine {
  /** A file of `engines/`, without its ending. */
  module: string
  connection: string
  /** For whoever checks what is kept. */
  open(): Broker
  /** The engine is there again when it resolves. */
  fault(): Promise<void>
}

/** Hubs on three runtimes publish and listen while something happens to their engine: each event once, in one order. */
export async function expectNothingLost({ module, connection, open, fault }: FaultyEngine): Promise<void> {
  await using hubs = new AsyncDisposableStack()
  const three: HubProcess[] = []
  for (const runtime of runtimes)
    three.push(hubs.use(await HubProcess.start({ runtime, module, connection, name: runtime, count, pause: 10 })))
  await eventually('all publishing', () => three.every(({ stored }) => stored.length > 10), { within: 60_000 })
  await fault()
  await Promise.all(three.map((hub) => hub.allStored(60_000)))

  const broker = open()
  const history = (await readAll(broker, 't')).map(({ data }) => data)
  await broker.close()
  await Promise.all(three.map((hub) => hub.hears(history.at(-1) ?? '', 20_000)))
  expect(history.toSorted()).toEqual(three.flatMap(({ stored }) => stored).toSorted())
  for (const { heard, refused } of three) {
    // Each began to listen before it published; what others had published before, it does not hear.
    expect(heard).toEqual(history.slice(history.indexOf(heard[0] ?? '')))
    expect(refused.filter(({ code }) => code !== 'broker-unavailable')).toEqual([])
    // The time of the brokers of `engines/` is 4 s, and the machine is busy.
    expect(Math.max(0, ...refused.map(({ took }) => took))).toBeLessThan(7_000)
  }
}
