import { userInfo } from 'node:os'
import { sqliteBroker } from '@holdfast/adapters/sqlite'
import { BrokerUnavailableError } from '@holdfast/core/hub'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import type { Engine } from '../src/brokers/engine.ts'
import { HubProcess } from '../src/brokers/hubs.ts'
import { readAll } from '../src/brokers/read-all.ts'
import { launch, LaunchedServer, workspaceRoot } from '../src/launch.ts'
import { fromSource } from '../src/runtimes/commands.ts'
import { temporaryFolder, type TemporaryFolder } from '../src/runtimes/temporary-folder.ts'

let folder: TemporaryFolder
beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder[Symbol.asyncDispose]())

describe('sqliteBroker keeps the contract', () => {
  let files = 0
  const engine: Engine = {
    lacks: {
      disconnect: 'its engine is a file; a lock that is not to be had and a full disk have tests of their own below',
      restart: 'a file has no process; kill -9 of those that use it has a test of its own below',
      'lose-history': 'a file that is removed under its processes is an error, not a new log',
    },
    part: async () => ({ connection: `${folder.path}/${++files}.sqlite` }),
  }
  it.each(['node', 'bun', 'deno'] as const)('under %s', (runtime) => expectContractUnder(runtime, 'sqlite', engine))
})

const scripts = `${workspaceRoot}packages/testing/src/brokers/`
const runtimes = ['node', 'bun', 'deno'] as const
// The whole takes minutes: HOLDFAST_FULL=1.
const isFull = process.env['HOLDFAST_FULL'] === '1'

async function storedIn(path: string): Promise<string[]> {
  const broker = sqliteBroker(path)
  try {
    return (await readAll(broker, 't')).map(({ data }) => data)
  } finally {
    await broker.close()
  }
}

it('three hubs on three runtimes publish to one file at once, and each hears all, once, in one order', async () => {
  const connection = `${folder.path}/three.sqlite`
  const count = isFull ? 400 : 100
  const hubs = await Promise.all(
    runtimes.map((runtime) => HubProcess.start({ runtime, module: 'sqlite', connection, name: runtime, count })),
  )
  try {
    await Promise.all(hubs.map((hub) => hub.allStored(60_000)))
    const history = await storedIn(connection)
    const last = history.at(-1) ?? ''
    await Promise.all(hubs.map((hub) => hub.hears(last, 10_000)))
    expect(history.toSorted()).toEqual(hubs.flatMap((hub) => hub.stored).toSorted())
    for (const { heard, stored } of hubs) {
      expect(heard).toEqual(history)
      expect(heard.filter((data) => stored.includes(data))).toEqual(stored)
    }
  } finally {
    await Promise.all(hubs.map((hub) => hub[Symbol.asyncDispose]()))
  }
})

it.each(runtimes)('kill -9 of a writer under %s, again and again: nothing acknowledged is lost', async (runtime) => {
  const connection = `${folder.path}/killed-${runtime}.sqlite`
  const acknowledged: string[] = []
  for (let round = 0; round < (isFull ? 20 : 4); round++) {
    const options = { runtime, module: 'sqlite', connection, name: `r${round}`, count: 1_000_000, pause: 0 }
    const hub = await HubProcess.start(options)
    await new Promise((resolve) => setTimeout(resolve, 50 + 100 * Math.random()))
    await hub[Symbol.asyncDispose]()
    acknowledged.push(...hub.stored)
  }
  expect(acknowledged.length).toBeGreaterThan(0)
  const history = await storedIn(connection)
  expect(acknowledged.filter((data) => !history.includes(data))).toEqual([])
  // What was stored and not acknowledged any more is there once, and in its place.
  expect(new Set(history).size).toBe(history.length)
  expect(history.filter((data) => acknowledged.includes(data))).toEqual(acknowledged)
})

it('a writer frozen within its transaction: publishers are told in time, readers and the event loop go on', async () => {
  // Another file at a second try.
  const path = `${folder.path}/frozen-${performance.now()}.sqlite`
  const broker = sqliteBroker(path, { lockTimeout: 500 })
  await broker.publish('t', [{ data: 'before' }])
  const { args, ...node } = fromSource.node
  await using holder = await launch({ ...node, args: [...args, `${scripts}hold-lock.ts`, path], ready: /^locked$/m })
  holder.signal('SIGSTOP')
  let turns = 0
  const turning = setInterval(() => turns++, 10)
  const [refusal] = await Promise.allSettled([broker.publish('t', [{ data: 'refused' }])])
  clearInterval(turning)
  const reason = refusal.status === 'rejected' ? (refusal.reason as Error) : undefined
  expect(reason).toBeInstanceOf(BrokerUnavailableError)
  expect(reason?.cause).toMatchObject({ message: 'database is locked' })
  expect(turns).toBeGreaterThan(10)
  await broker.subscribe('never written', { onEvent: () => {}, onLost: () => {} })
  expect((await broker.read('t', 'earliest', 10)).events.map(({ data }) => data)).toEqual(['before'])
  await holder.close()
  await broker.publish('t', [{ data: 'after' }])
  await broker.close()
  expect(await storedIn(path)).toEqual(['before', 'after'])
})

it.each(runtimes)('a full disk under %s: publishers get errors, readers go on, and it recovers', async (runtime) => {
  await using mountPoint = await temporaryFolder()
  const { command, args } = fromSource[runtime]
  // A disk of this process alone, which goes with it.
  const unshare = userInfo().uid === 0 ? ['--mount'] : ['--map-root-user', '--mount']
  const inner = `mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@"`
  const script = [command, ...args, `${scripts}full-disk.ts`, mountPoint.path]
  const env = fromSource[runtime].env
  await using child = new LaunchedServer({
    command: 'unshare',
    args: [...unshare, 'sh', '-c', inner, mountPoint.path, ...script],
    env,
  })
  const code = await child.exited
  expect({ code, output: code === 0 ? '' : child.output }).toEqual({ code: 0, output: '' })
  const saw = JSON.parse(/^saw (.*)$/m.exec(child.output)?.[1] ?? '{}') as Record<string, string[]>
  expect(saw).toMatchObject({ before: 'stored', after: 'stored' })
  expect(saw['full']).toContain('broker-unavailable true')
  // Each was stored and heard, or refused.
  const stored = saw['full']?.flatMap((outcome, index) => (outcome === 'stored' ? [`full-${index}`] : [])) ?? []
  expect(saw['texts']).toEqual(['before', ...stored, 'after'])
  expect(saw['heard']).toEqual(saw['texts'])
})
