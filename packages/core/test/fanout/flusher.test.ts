import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { type Flushable, Flusher } from '../../src/fanout/flusher.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'

/** A ring that has always something to flush to `size` subscribers. */
class BusyRing implements Flushable {
  readonly #flusher: Flusher
  readonly #size: number
  #left: number
  served = 0
  flushes = 0

  constructor(flusher: Flusher, size: number) {
    this.#flusher = flusher
    this.#size = this.#left = size
  }

  flush(budget: number): number {
    this.flushes++
    const count = Math.min(budget, this.#left)
    this.served += count
    this.#left -= count
    if (this.#left === 0) this.#left = this.#size
    this.#flusher.add(this)
    return count
  }
}

describe('the flusher', () => {
  it('flushes each ring once a turn, however often it is added', () => {
    const environment = new FakeEnvironment()
    const flusher = new Flusher(environment)
    let flushes = 0
    const ring = { flush: () => (flushes++, 1) }
    for (let count = 0; count < 10; count++) flusher.add(ring)
    expect([flushes, environment.queued]).toEqual([0, 1])
    environment.turn()
    environment.turn()
    expect([flushes, environment.queued]).toEqual([1, 0])
  })

  it('asks for its turns in the request it was made in, whoever writes: on Workers the timers of another end with it', async () => {
    const environment = new FakeEnvironment({ requestScoped: true })
    const requests = new AsyncLocalStorage<string>()
    const askers: unknown[] = []
    environment.afterTurn = (callback) => {
      askers.push(requests.getStore())
      queueMicrotask(callback)
    }
    let flushes = 0
    const ring = { flush: () => (flushes++, 1) }
    const flusher = requests.run('own', () => new Flusher(environment))
    for (let turn = 0; turn < 3; turn++) {
      requests.run('another', () => flusher.add(ring))
      await environment.settle()
    }
    expect([askers, flushes]).toEqual([['own', 'own', 'own'], 3])
  })

  it.each([
    [1_000, 1_000, 10],
    [2_000, 3_000, 10],
    [1_500, 1_500, 1_500],
    [10_000, 1, 1],
    [5_000, 5_000, 5_000],
  ])('starves none of %i, %i and %i subscribers that are always busy', (...sizes) => {
    const environment = new FakeEnvironment()
    const flusher = new Flusher(environment)
    const rings = sizes.map((size) => new BusyRing(flusher, size))
    for (const ring of rings) flusher.add(ring)
    for (let turn = 0; turn < 100; turn++) environment.turn()
    for (const { flushes } of rings) expect(flushes).toBeGreaterThanOrEqual(33)
  })

  it('serves at most 1,000 subscribers a turn', () => {
    const environment = new FakeEnvironment()
    const flusher = new Flusher(environment)
    const rings = [400, 700, 2_000].map((size) => new BusyRing(flusher, size))
    for (const ring of rings) flusher.add(ring)
    for (let turn = 1; turn < 50; turn++) {
      environment.turn()
      expect(rings.reduce((sum, { served }) => sum + served, 0)).toBe(1_000 * turn)
    }
  })
})
