import { describe, expect, it } from 'vitest'
import { withLinger } from '../src/linger.ts'
import { FakeEnvironment } from './support/fake-environment.ts'

/** Something that runs until it is told that nobody reads. */
function runWith(hasReaders: () => boolean | Promise<boolean>): { environment: FakeEnvironment; run: Promise<string> } {
  const clock = new FakeEnvironment()
  const run = withLinger(
    { linger: 1_000, hasReaders, clock },
    (lonely) => new Promise<string>((resolve) => lonely.addEventListener('abort', () => resolve('lonely'))),
  )
  return { environment: clock, run }
}

describe('what lingers', () => {
  it('is told once nobody has read for so long', async () => {
    let reads = true
    const { environment, run } = runWith(() => reads)
    await environment.advance(5_000)
    reads = false
    expect(await Promise.race([run, environment.advance(900)])).toBeUndefined()
    await environment.advance(400)
    expect(await run).toBe('lonely')
    expect(environment.timers).toBe(0)
  })

  it('has readers where it cannot be found out', async () => {
    let fails = true
    const { environment, run } = runWith(() => (fails ? Promise.reject(new Error('unreachable')) : false))
    expect(await Promise.race([run, environment.advance(60_000)])).toBeUndefined()
    fails = false
    await environment.advance(1_300)
    expect(await run).toBe('lonely')
  })

  it('leaves no timer behind when it is over', async () => {
    const environment = new FakeEnvironment()
    await withLinger({ linger: 1_000, hasReaders: () => true, clock: environment }, async () => {})
    await environment.settle()
    expect(environment.timers).toBe(0)
  })
})
