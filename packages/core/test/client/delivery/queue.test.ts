import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { entryWeight, maxWaiting } from '../../../src/client/constants.ts'
import { type Entry, Queue } from '../../../src/client/delivery/queue.ts'
import type { TopicEvent } from '../../../src/client/types.ts'

function entryOf(data: string, { event = '', id = '' } = {}): Entry {
  return { id, event: { event, data, id } as TopicEvent }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const gap: Entry = { id: '', gap: { reason: 'missed', topics: [], from: '', to: 'g' } }
const many = maxWaiting / entryWeight

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false
  void promise.then(() => (settled = true))
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

function fill(queue: Queue, count: number, entry: (index: number) => Entry = () => entryOf('')): void {
  for (let index = 0; index < count; index++) queue.push(entry(index))
}

describe('the queue', () => {
  it('gives what was put in, in that order, however many were taken before', () => {
    const queue = new Queue()
    const taken: (string | undefined)[] = []
    for (let index = 0; index < 5_000; index++) {
      queue.push(entryOf(`${index}`))
      // Never empty: there is always one more.
      if (index > 0) taken.push(queue.take()?.event?.data)
    }
    expect(taken).toEqual(Array.from({ length: 4_999 }, (_, index) => `${index}`))
    expect(queue.take()?.event?.data).toBe('4999')
    expect(queue.take()).toBeUndefined()
  })

  it('keeps nothing of what was taken, also where it is never empty', async () => {
    const queue = new Queue()
    const collected = vi.fn()
    const registry = new FinalizationRegistry(collected)
    for (let index = 0; index < 50; index++) {
      const entry = entryOf('x'.repeat(1_000))
      registry.register(entry, index)
      queue.push(entry)
      if (index > 0) queue.take()
    }
    await vi.waitFor(() => {
      collectGarbage()
      expect(collected.mock.calls.length).toBeGreaterThan(40)
    })
    expect(queue.take()).toBeDefined()
  })

  it('does not grow with what went through it', () => {
    const queue = new Queue()
    const entry = entryOf('')
    queue.push(entry)
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let index = 0; index < 2_000_000; index++) {
      queue.push(entry)
      queue.take()
    }
    collectGarbage()
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(8e6)
    expect(queue.take()).toBe(entry)
  })

  it.each<[string, Entry]>([
    ['data', entryOf('x'.repeat(maxWaiting))],
    ['type', entryOf('', { event: 'x'.repeat(maxWaiting) })],
    ['id', entryOf('', { id: 'x'.repeat(maxWaiting) })],
  ])('is full by the %s of one event alone', (_, entry) => {
    const queue = new Queue()
    queue.push(entry)
    expect(queue.isFull).toBe(true)
    queue.take()
    expect([queue.isFull, queue.room()]).toEqual([false, undefined])
  })

  it('is full by so many entries, gaps too, and has room when one of them is gone', async () => {
    const queue = new Queue()
    fill(queue, many - 1)
    expect([queue.isFull, queue.room()]).toEqual([false, undefined])
    queue.push({ ...gap })
    expect(queue.isFull).toBe(true)
    const room = queue.room() as Promise<void>
    expect(queue.room()).toBe(room)
    expect(await isSettled(room)).toBe(false)
    queue.push(entryOf(''))
    queue.take()
    expect(await isSettled(room)).toBe(false)
    queue.take()
    expect(await isSettled(room)).toBe(true)
    expect(queue.isFull).toBe(false)
  })

  it('weighs the same when it goes as when it came, so that it is empty at the end', () => {
    const queue = new Queue()
    for (let round = 0; round < 3; round++) {
      queue.push({ id: 'a' })
      queue.push({ id: 'x'.repeat(maxWaiting) })
      expect(queue.isFull).toBe(true)
      queue.push({ id: 'b' })
      expect(queue.isFull).toBe(false)
      queue.push(entryOf('x'.repeat(maxWaiting - 2 * entryWeight - 2)))
      expect(queue.isFull).toBe(false)
      queue.push({ id: 'c' })
      expect(queue.isFull).toBe(true)
      while (queue.take());
    }
  })

  it('keeps the last of several checkpoints, but none across an event or a gap', () => {
    const queue = new Queue()
    for (const id of ['1', '2']) queue.push({ id })
    queue.push(entryOf('x'))
    for (const id of ['3', '4']) queue.push({ id })
    queue.push({ ...gap })
    queue.push({ id: '5' })
    const ids: string[] = []
    for (let entry = queue.take(); entry; entry = queue.take()) ids.push(entry.event ? 'event' : entry.id)
    expect(ids).toEqual(['2', 'event', '4', '', '5'])
  })

  it('does not change a checkpoint that was taken', () => {
    const queue = new Queue()
    queue.push({ id: '1' })
    const taken = queue.take()
    queue.push({ id: '2' })
    expect([taken?.id, queue.take()?.id]).toEqual(['1', '2'])
  })
})

describe('who waits for an entry', () => {
  it('waits until there is one, and not where there is one', async () => {
    const queue = new Queue()
    const filled = queue.filled()
    expect(await isSettled(filled)).toBe(false)
    queue.push(entryOf('x'))
    expect(await isSettled(filled)).toBe(true)
    expect(await isSettled(queue.filled())).toBe(true)
    queue.take()
    expect(await isSettled(queue.filled())).toBe(false)
  })
})

describe('a closed queue', () => {
  it.each([true, false])('holds nobody up (discarding: %s)', async (discard) => {
    const queue = new Queue()
    const filled = queue.filled()
    fill(queue, many)
    const room = queue.room() as Promise<void>
    queue.close(discard)
    expect(await Promise.all([filled, room, queue.filled()].map(isSettled))).toEqual([true, true, true])
    expect([queue.isFull, queue.room()]).toEqual([false, undefined])
  })

  it('is over once everything was taken, or at once where nothing is wanted', () => {
    const [kept, discarded] = [new Queue(), new Queue()]
    for (const queue of [kept, discarded]) queue.push(entryOf('x'))
    expect(kept.isOver).toBe(false)
    kept.close(false)
    discarded.close(true)
    expect([kept.isOver, discarded.isOver]).toEqual([false, true])
    expect(kept.take()?.event?.data).toBe('x')
    expect([kept.isOver, discarded.take()]).toEqual([true, undefined])
  })

  it('takes nothing more', () => {
    const queue = new Queue()
    queue.close(true)
    queue.push(entryOf('x'))
    expect([queue.isOver, queue.take()]).toEqual([true, undefined])
  })
})
