import { describe, expect, it } from 'vitest'
import { bun, deno, node } from '../src/client-contract/runtimes.ts'
import { playStopped } from '../src/client-contract/stopped.ts'

// Nothing else in it takes less than the heartbeat's 13 s: a busy machine may make the second that it should be some more.
const soon = 8_000

describe.concurrent.each([node, bun, deno])('a client in $name whose process was stopped for 15 s', (runtime) => {
  it.each([
    ['and its server waits', false],
    ['and its connection is gone without a word', true],
  ])('goes on at once when it wakes up, with each event once: %s', async (name, isCut) => {
    const { late, numbers, published } = await playStopped(runtime, isCut)
    console.log(`${runtime.name}, ${name}: the next event after ${late} ms`)
    expect(late).toBeLessThan(soon)
    expect(numbers).toEqual(Array.from({ length: published }, (_, index) => (numbers[0] as number) + index))
  })
})
