import { describe, expect, it } from 'vitest'
import { untilAborted } from '../src/until-aborted.ts'

describe('a source until a signal', () => {
  it('is closed when its reader leaves, so that what it holds is let go', async () => {
    let closed = false
    async function* source(): AsyncGenerator<number> {
      try {
        for (let number = 1; ; number++) yield number
      } finally {
        closed = true
      }
    }
    for await (const number of untilAborted(source(), new AbortController().signal)) if (number === 2) break
    expect(closed).toBe(true)
  })

  it('is over when the signal is aborted, also where it waits', async () => {
    const stop = new AbortController()
    const waiting: AsyncIterable<never> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
    const reading = untilAborted(waiting, stop.signal).next()
    stop.abort()
    expect(await reading).toEqual({ done: true, value: undefined })
  })

  it('fails as its source does', async () => {
    const failing: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken')) }),
    }
    await expect(untilAborted(failing, new AbortController().signal).next()).rejects.toThrow('broken')
  })
})
