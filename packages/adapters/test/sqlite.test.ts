import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { HoldfastError } from '@holdfast/core'
import type { Broker } from '@holdfast/core/hub'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqliteBroker, type SqliteBrokerOptions } from '../src/sqlite/index.ts'

let folder: string
let path: string
const open: Broker[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sqlite-'))
  path = join(folder, 'log.sqlite')
})
afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  for (const broker of open.splice(0)) await broker.close()
  rmSync(folder, { recursive: true })
})

function broker(options?: SqliteBrokerOptions): Broker {
  const made = sqliteBroker(path, options)
  open.push(made)
  return made
}

const texts = async (from: Broker, topic: string): Promise<string[]> =>
  (await from.read(topic, 'earliest', 1_000)).events.map(({ data }) => data)

function codeOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error)
  }
}

describe('what cannot be opened is a typed error when the broker is made', () => {
  it('on a runtime without node:sqlite, with the versions that have it', () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    expect(() => sqliteBroker(path)).toThrow(/Node 22\.13/)
    expect(codeOf(() => sqliteBroker(path))).toBe('sqlite-missing')
  })

  it('a file that is no database', () => {
    writeFileSync(path, 'no database at all '.repeat(100))
    expect(codeOf(() => sqliteBroker(path))).toBe('sqlite-file')
  })

  it("another program's database, which stays as it was", () => {
    const foreign = new DatabaseSync(path)
    foreign.exec('CREATE TABLE theirs (a)')
    foreign.close()
    expect(codeOf(() => sqliteBroker(path))).toBe('sqlite-file')
    const again = new DatabaseSync(path)
    expect(again.prepare('SELECT name FROM sqlite_master').all()).toHaveLength(1)
    again.close()
  })

  it("a later release's file", async () => {
    await broker().close()
    const later = new DatabaseSync(path)
    later.exec('PRAGMA user_version = 99')
    later.close()
    expect(codeOf(() => sqliteBroker(path))).toBe('sqlite-file')
  })

  it('a folder that is not there', () => {
    expect(codeOf(() => sqliteBroker(join(folder, 'nowhere', 'log.sqlite')))).toBe('sqlite-file')
  })
})

it('a file that is removed while it is open is told to publishers, readers and subscribers', async () => {
  const removed = broker()
  const losses: unknown[] = []
  await removed.subscribe('a', { onEvent: () => {}, onLost: (reason) => losses.push(reason) })
  await removed.publish('a', [{ data: '1' }])
  renameSync(path, `${path}.away`)
  await expect(removed.publish('a', [{ data: '2' }])).rejects.toMatchObject({ code: 'sqlite-file' })
  await expect(removed.read('a', 'earliest', 1)).rejects.toMatchObject({ code: 'sqlite-file' })
  await vi.waitFor(() => expect(losses).toHaveLength(1), { timeout: 5_000 })
})

it('the epoch and the offsets go on in a new process', async () => {
  const first = broker()
  const { position } = await first.publish('a', [{ data: '1' }], { key: 'k' })
  await first.close()
  const second = broker()
  expect(await second.publish('a', [{ data: 'x' }], { key: 'k' })).toEqual({ position, duplicate: true })
  expect((await second.publish('a', [{ data: '2' }])).position).toEqual({ ...position, offset: 2 })
})

it('drops the oldest events of all topics above its bytes, and keeps the newest', async () => {
  const bounded = broker({ maxBytes: 1_048_576, synchronous: 'normal' })
  for (let index = 0; index < 600; index++)
    await bounded.publish(index % 2 ? 'a' : 'b', [{ data: `${index} ${'x'.repeat(5_000)}` }])
  await vi.waitFor(async () => expect((await texts(bounded, 'a'))[0]?.split(' ')[0]).not.toBe('1'))
  expect((await texts(bounded, 'a')).at(-1)).toMatch(/^599 /)
  expect((await texts(bounded, 'b')).at(-1)).toMatch(/^598 /)
  const used = new DatabaseSync(path)
  const { pages } = used
    .prepare('SELECT page_count - freelist_count AS pages FROM pragma_page_count, pragma_freelist_count')
    .get() as { pages: number }
  used.close()
  expect(pages * 4096).toBeLessThan(1_500_000)
})

it('shows nobody what is too old, also while nobody writes', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const start = Date.now()
  const aging = broker({ maxAge: 600_000 })
  const old = await aging.publish('a', [{ data: 'old' }, { data: 'as old' }])
  vi.setSystemTime(start + 300_000)
  await aging.publish('a', [{ data: 'younger' }])
  vi.setSystemTime(start + 600_000)
  expect(await texts(aging, 'a')).toEqual(['younger'])
  expect((await aging.read('a', { ...old.position, offset: 1 }, 10)).gap).toBe('trimmed')
  expect((await aging.read('a', old.position, 10)).gap).toBeUndefined()
  vi.setSystemTime(start + 900_000)
  expect(await aging.read('a', 'earliest', 10)).toEqual({
    events: [],
    head: { ...old.position, offset: 3 },
    more: false,
  })
})

it('drops what is too old in topics that nobody writes to any more', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const start = Date.now()
  const aging = broker({ maxAge: 1_000 })
  for (let index = 0; index < 600; index++) void aging.publish(`topic ${index % 3}`, [{ data: 'old' }])
  await aging.publish('a', [{ data: 'old' }])
  const file = new DatabaseSync(path)
  const rows = (): unknown => file.prepare('SELECT count(*) AS rows FROM holdfast_log').get()
  expect(rows()).toEqual({ rows: 601 })
  vi.setSystemTime(start + 2_000)
  await vi.waitFor(() => expect(rows()).toEqual({ rows: 0 }), { timeout: 20_000 })
  file.close()
})

it('drops what is too old, goes on at the same offsets, and begins later epochs for topics that it has forgotten', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const start = Date.now()
  const aging = broker({ maxAge: 60_000 })
  const old = await aging.publish('a', [{ data: 'old' }])
  vi.setSystemTime(start + 120_000)
  await aging.publish('b', [{ data: 'tick' }])
  await vi.waitFor(async () => expect(await texts(aging, 'a')).toEqual([]))
  expect((await aging.read('a', { ...old.position, offset: 0 }, 10)).gap).toBe('trimmed')
  expect((await aging.read('a', old.position, 10)).gap).toBeUndefined()
  expect((await aging.publish('a', [{ data: 'new' }])).position).toEqual({ ...old.position, offset: 2 })

  vi.setSystemTime(start + 10 * 86_400_000)
  await aging.publish('b', [{ data: 'tick' }])
  vi.setSystemTime(start + 20 * 86_400_000)
  await aging.publish('b', [{ data: 'tick' }])
  await vi.waitFor(async () => expect((await aging.read('a', old.position, 10)).gap).toBe('new-epoch'))
  const again = await aging.publish('a', [{ data: 'again' }])
  expect(again.position.offset).toBe(1)
  expect(again.position.epoch).toBeGreaterThan(old.position.epoch)
})
