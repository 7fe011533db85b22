import { describe, expect, it } from 'vitest'
import { Tally } from '../src/tally/tally.ts'

/** Ticks of one run, each 100 ms after the one before, with the clock of who reads. */
function reader(tally: Tally, { run = 'a', clockDifference = 0 } = {}) {
  return (n: number, now: number, publishedAt = now - 5): void =>
    tally.arrived({ n, run, time: publishedAt + clockDifference, price: 100 }, now)
}

describe('a tally', () => {
  it('counts what was received, lost and repeated by the numbers alone', () => {
    const tally = new Tally(0)
    const got = reader(tally)
    for (const n of [7, 8, 9]) got(n, n * 100)
    got(9, 910)
    got(14, 1_400)
    expect(tally).toMatchObject({ received: 4, repeated: 1, lost: 4 })
  })

  it('takes for late what comes after all, and not for lost', () => {
    const tally = new Tally(0)
    const got = reader(tally)
    for (const n of [1, 4, 2, 3]) got(n, 100 * n)
    expect(tally).toMatchObject({ received: 4, repeated: 0, lost: 0 })
    got(3, 500)
    expect(tally.repeated).toBe(1)
  })

  it('does not count history, nor another who counts, where it has a run of its own', () => {
    const tally = new Tally(1_000, 'a')
    reader(tally)(1, 1_100, 900)
    reader(tally, { run: 'b' })(5, 1_100)
    reader(tally)(2, 1_100)
    expect(tally).toMatchObject({ received: 1, lost: 0 })
  })

  it('begins anew when somebody else counts, and keeps what was lost for good bounded', () => {
    const tally = new Tally(0)
    reader(tally)(1, 100)
    reader(tally)(1_000_000, 200)
    expect(tally.lost).toBe(999_998)
    reader(tally, { run: 'b' })(1, 300)
    reader(tally, { run: 'b' })(2, 400)
    expect(tally).toMatchObject({ received: 4, repeated: 0, lost: 999_998 })
  })

  it('knows the longest silence, the present one included', () => {
    const tally = new Tally(0)
    const got = reader(tally)
    got(1, 100)
    got(2, 900)
    got(3, 1_000)
    expect(tally.longestSilence).toBe(800)
    tally.look(3_000)
    expect(tally.longestSilence).toBe(2_000)
    expect(tally.silence(3_000)).toBe(2_000)
  })
})

describe('recovery', () => {
  it.each([0, -3_600_000])(
    'lasts from the fault until what comes is live, whatever the clocks say (%i)',
    (difference) => {
      const tally = new Tally(-1e9)
      const got = reader(tally, { clockDifference: difference })
      for (const n of [1, 2, 3]) got(n, 100 * n)
      tally.recovery.begin(310)
      for (let now = 400; now < 1_500; now += 100) tally.look(now)
      expect(tally.recovery.state).toEqual({ kind: 'suffering', since: 310 })
      // What was missed comes first: it is not live yet.
      for (const n of [4, 5, 6]) got(n, 1_500, 100 * n)
      expect(tally.recovery.state.kind).toBe('suffering')
      got(15, 1_510)
      expect(tally.recovery.state).toEqual({ kind: 'recovered', took: 1_200 })
    },
  )

  it('is none where nothing was felt', () => {
    const tally = new Tally(0)
    const got = reader(tally)
    tally.recovery.begin(50)
    for (let n = 1; n < 90; n++) {
      got(n, 100 * n)
      tally.look(100 * n + 50)
    }
    expect(tally.recovery.state).toEqual({ kind: 'unfelt', worst: 50 })
  })
})
