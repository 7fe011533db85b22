import process from 'node:process'
import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { openBroker } from './engines/nats.ts'
import { HubProcess } from './hubs.ts'
import { readAll } from './read-all.ts'

const runtimes = ['node', 'bun', 'deno'] as const
// For longer with HOLDFAST_FULL=1.
const isFull = process.env['HOLDFAST_FULL'] === '1'
const count = isFull ? 400 : 120

/** Three hubs on three runtimes that publish while something happens to their servers; each event once, in one order. */
export async function expectAllOnce(connections: readonly string[], happens: () => Promise<void>): Promise<void> {
  const hubs = await Promise.all(
    runtimes.map((runtime, index) =>
      HubProcess.start({
        runtime,
        module: 'nats',
        connection: connections[index] ?? '',
        name: runtime,
        count,
        pause: 10,
      }),
    ),
  )
  try {
    await eventually('some events', () => hubs.every(({ stored }) => stored.length > 20), { within: 20_000 })
    await happens()
    await Promise.all(hubs.map((hub) => hub.allStored(90_000)))
    const history = await historyAt(connections.at(-1) ?? '')
    await Promise.all(hubs.map((hub) => hub.hears(history.at(-1) ?? '', 20_000)))
    expect(history.toSorted()).toEqual(hubs.flatMap((hub) => hub.stored).toSorted())
    for (const { heard, stored } of hubs) {
      expect(heard).toEqual(history)
      expect(heard.filter((data) => stored.includes(data))).toEqual(stored)
    }
    for (const { refused } of hubs) {
      expect(refused.filter(({ code }) => code !== 'broker-unavailable')).toEqual([])
      // The deadline of a call is 2 s, and that of a busy machine's turn some more.
      expect(Math.max(0, ...refused.map(({ took }) => took))).toBeLessThan(6_000)
    }
  } finally {
    await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
  }
}

async function historyAt(connection: string): Promise<string[]> {
  const broker = await openBroker(connection, { maxEvents: 100_000 })
  try {
    return (await readAll(broker, 't')).map(({ data }) => data)
  } finally {
    await broker.close()
  }
}
