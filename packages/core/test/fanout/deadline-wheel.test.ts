import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Deadline, DeadlineWheel } from '../../src/fanout/deadlines.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'

interface Noted extends Deadline {
  looks: number[]
}

/** A deadline that names `next` after each look. */
function note(environment: FakeEnvironment, next: (now: number) => number = () => Infinity): Noted {
  const looks: number[] = []
  const expire = (now: number): number => {
    looks.push(environment.now())
    return next(now)
  }
  return { looks, expire }
}

function setUp(): { environment: FakeEnvironment; wheel: DeadlineWheel } {
  const environment = new FakeEnvironment()
  return { environment, wheel: new DeadlineWheel(environment) }
}

describe('where the process stood still', () => {
  // When it was looked at, and from when on it may judge.
  const judging = (environment: FakeEnvironment, next: number[]): Deadline & { looks: [number, number][] } => {
    const looks: [number, number][] = []
    const expire = (_: number, judgeFrom: number): number => {
      looks.push([environment.now(), judgeFrom])
      return next.shift() ?? Infinity
    }
    return { looks, expire }
  }

  it.each([
    [12_000, 5_000],
    [2_000 + 1_500, 1_500],
  ])('for %d ms, nobody is judged for %d, which also holds for who is due a little later', async (jump, reading) => {
    const { environment, wheel } = setUp()
    const [due, later] = [judging(environment, []), judging(environment, [])]
    wheel.set(due, 3_000)
    wheel.set(later, 1_000 + jump + 200)
    environment.jump(jump)
    await environment.advance(1_000)
    const now = 1_000 + jump
    expect(due.looks).toEqual([[now, now + reading]])
    expect(later.looks.map(([, judgeFrom]) => judgeFrom)).toEqual([now + reading])
  })

  it('for less than a second, all go on as ever', async () => {
    const { environment, wheel } = setUp()
    const due = judging(environment, [])
    wheel.set(due, 3_000)
    environment.jump(2_900)
    await environment.advance(1)
    expect(due.looks).toEqual([[3_900, 0]])
  })
})

describe('a deadline', () => {
  it('is looked at in its time, at most 50 ms late, with one timer for all', async () => {
    const { environment, wheel } = setUp()
    const deadlines = Array.from({ length: 500 }, () => ({
      at: 1_000 + environment.random() * 60_000,
      ...note(environment),
    }))
    for (const deadline of deadlines) wheel.set(deadline, deadline.at)
    expect([environment.timers, wheel.size]).toEqual([1, 500])
    await environment.advance(61_050)
    for (const { at, looks } of deadlines) {
      expect(looks).toHaveLength(1)
      expect((looks[0] as number) - at).toBeGreaterThanOrEqual(0)
      expect((looks[0] as number) - at).toBeLessThanOrEqual(51)
    }
    expect([environment.timers, wheel.size]).toEqual([0, 0])
  })

  it('is looked at also among a great many', async () => {
    const { environment, wheel } = setUp()
    const deadline = note(environment)
    for (let slot = 0; slot < 200_000; slot++) wheel.set(note(environment), 60_000 + slot * 50)
    wheel.set(deadline, 2_000)
    wheel.set(note(environment), 1_500)
    await environment.advance(1_000)
    expect([deadline.looks.length, environment.timers]).toEqual([1, 1])
  })

  it('that names no time is let go and does not hold up the others', async () => {
    const { environment, wheel } = setUp()
    const [bad, good] = [note(environment, () => NaN), note(environment)]
    wheel.set(bad, 1_000)
    wheel.set(note(environment), NaN)
    wheel.set(good, 2_000)
    await environment.advance(2_000)
    expect([bad.looks.length, good.looks.length, environment.timers, wheel.size]).toEqual([1, 1, 0, 0])
  })

  it('in the past is looked at next', async () => {
    const { environment, wheel } = setUp()
    const deadline = note(environment)
    wheel.set(deadline, -1)
    await environment.advance(1)
    expect(deadline.looks).toHaveLength(1)
  })

  it('that always wants to be looked at now is looked at every 50 ms', async () => {
    const { environment, wheel } = setUp()
    const deadline = note(environment, () => 0)
    wheel.set(deadline, 0)
    await environment.advance(1_000)
    expect(deadline.looks.length).toBeLessThanOrEqual(21)
    expect(deadline.looks.length).toBeGreaterThanOrEqual(9)
  })

  it('farther away than a timer can wait is looked at when its time has come', async () => {
    const { environment, wheel } = setUp()
    const deadline = note(environment)
    wheel.set(deadline, 2 ** 32)
    await environment.advance(2 ** 32 - 2_000)
    expect(deadline.looks).toEqual([])
    await environment.advance(2_000)
    expect(deadline.looks).toHaveLength(1)
  })

  it('may remove others, and itself, while it is looked at', async () => {
    const { environment, wheel } = setUp()
    const removed = note(environment)
    const remover = note(environment, () => (wheel.remove(removed), Infinity))
    wheel.set(remover, 2_000)
    wheel.set(removed, 2_000)
    await environment.advance(2_000)
    expect([remover.looks.length, removed.looks.length, environment.timers]).toEqual([1, 0, 0])
  })

  it('may set others, earlier ones too, while it is looked at', async () => {
    const { environment, wheel } = setUp()
    const late = note(environment)
    wheel.set(late, 60_000)
    const setter = note(environment, (now) => (wheel.set(late, now + 100), Infinity))
    wheel.set(setter, 2_000)
    await environment.advance(1_200)
    expect([setter.looks.length, late.looks.length, environment.timers, wheel.size]).toEqual([1, 1, 0, 0])
  })
})

it('does as a naive list would, whatever is done to it', async () => {
  const action = fc.record({ kind: fc.constantFrom('set', 'remove', 'advance'), which: fc.nat(7), time: fc.nat(5_000) })
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const { environment, wheel } = setUp()
      const times = new Map<number, number>()
      const deadlines = Array.from({ length: 8 }, (_, which) => {
        const looked = (): number => {
          // Never early, at most a slot late, never once removed.
          expect(times.get(which)).toBeLessThanOrEqual(environment.now())
          times.delete(which)
          return Infinity
        }
        return note(environment, looked)
      })
      for (const { kind, which, time } of actions) {
        if (kind === 'set') {
          times.set(which, environment.now() + time)
          wheel.set(deadlines[which] as Noted, environment.now() + time)
        } else if (kind === 'remove') {
          times.delete(which)
          wheel.remove(deadlines[which] as Noted)
        } else {
          await environment.advance(time)
          for (const at of times.values()) expect(at + 51).toBeGreaterThan(environment.now())
        }
        expect(wheel.size).toBe(times.size)
        expect(environment.timers).toBe(times.size === 0 ? 0 : 1)
      }
    }),
    { numRuns: 60, seed: 7 },
  )
})
