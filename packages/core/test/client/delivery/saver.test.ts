import { describe, expect, it, vi } from 'vitest'
import { PositionSaver } from '../../../src/client/delivery/saver.ts'
import { FakeEnvironment } from '../../support/fake-environment.ts'

function save(set: (id: string) => void | Promise<void>): { saver: PositionSaver; environment: FakeEnvironment } {
  const environment = new FakeEnvironment()
  return { saver: new PositionSaver({ get: () => '', set }, environment, '0'), environment }
}

describe('a saver', () => {
  it('writes a second after the first change, and nothing that the store has', async () => {
    const set = vi.fn()
    const { saver, environment } = save(set)
    saver.consumed('0')
    expect(environment.timers).toBe(0)
    saver.consumed('1')
    await environment.advance(600)
    saver.consumed('2')
    await environment.advance(399)
    expect(set).not.toHaveBeenCalled()
    await environment.advance(1)
    expect(set.mock.calls).toEqual([['2']])
    saver.consumed('2')
    expect(environment.timers).toBe(0)
  })

  it('does not write while it writes, be it the end', async () => {
    const writes: (() => void)[] = []
    const set = vi.fn(() => new Promise<void>((resolve) => writes.push(resolve)))
    const { saver, environment } = save(set)
    saver.consumed('1')
    await environment.advance(1_000)
    saver.consumed('2')
    await environment.advance(5_000)
    saver.finish()
    expect(set.mock.calls).toEqual([['1']])
    writes[0]?.()
    await environment.settle()
    expect(set.mock.calls).toEqual([['1'], ['2']])
    writes[1]?.()
    await environment.advance(5_000)
    expect([set.mock.calls.length, environment.timers]).toEqual([2, 0])
  })

  it('goes on after a write that failed', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const set = vi.fn((id: string) => (id === '1' ? Promise.reject(new Error('disk')) : undefined))
    const { saver, environment } = save(set)
    saver.consumed('1')
    await environment.advance(1_000)
    expect([report.mock.calls.length, environment.timers]).toEqual([1, 0])
    saver.consumed('2')
    await environment.advance(1_000)
    expect(set.mock.calls).toEqual([['1'], ['2']])
    report.mockRestore()
  })
})
