import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { longestTimer, systemClock, Timer } from '../src/clock.ts'
import { FakeEnvironment } from './support/fake-environment.ts'

describe('a timer', () => {
  it('calls back once, at the time it was set to last', async () => {
    const environment = new FakeEnvironment()
    const calls: number[] = []
    const timer = new Timer(environment, () => calls.push(environment.now()))
    const start = environment.now()
    timer.set(100)
    timer.set(300)
    expect(timer.isSet).toBe(true)
    await environment.advance(1_000)
    expect(calls).toEqual([start + 300])
    expect(timer.isSet).toBe(false)
    expect(environment.timers).toBe(0)
  })

  it('does not call back once it was cleared', async () => {
    const environment = new FakeEnvironment()
    const timer = new Timer(environment, () => expect.unreachable())
    timer.set(100)
    timer.clear()
    timer.clear()
    expect(timer.isSet).toBe(false)
    expect(environment.timers).toBe(0)
    await environment.advance(1_000)
  })

  it('may be set again by its own callback', async () => {
    const environment = new FakeEnvironment()
    let calls = 0
    const timer = new Timer(environment, () => ++calls < 3 && timer.set(10))
    timer.set(10)
    await environment.advance(1_000)
    expect(calls).toBe(3)
  })
})

it.each([longestTimer + 1, 1e300, Infinity])('a delay of %s is not taken for none', (delay) => {
  // Takes what is longer than a timer can wait for 1 ms, as runtimes do.
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let called = false
  systemClock.setTimer(() => (called = true), delay)
  vi.advanceTimersByTime(longestTimer - 1)
  expect(called).toBe(false)
})
