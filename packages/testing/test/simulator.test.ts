import { describe, expect, it } from 'vitest'
import type { Policy } from '../src/simulator/client.ts'
import { type Simulation, simulate } from '../src/simulator/simulate.ts'

const clients = 60

async function play(scenario: string, policy: Policy, heartbeat?: number): Promise<Simulation> {
  const seed = 1
  const result = await simulate({ scenario, policy, seed, clients, heartbeat })
  if (policy !== 'naive') {
    const { lost, repeated, outOfOrder, errors } = result
    expect({ seed, lost, repeated, outOfOrder, errors }).toEqual({
      seed,
      lost: 0,
      repeated: 0,
      outOfOrder: 0,
      errors: [],
    })
  }
  return result
}

// The heartbeat is 5 s. Nothing but what it brings would find the black hole before 6.5 s.
describe.each<{ scenario: string; none: [p50: number, p99: number]; standby: [number, number] }>([
  { scenario: 'crash', none: [285, 489], standby: [189, 311] },
  { scenario: 'black hole', none: [2_000, 2_500], standby: [1_200, 1_500] },
  { scenario: 'flapping', none: [288, 765], standby: [186, 305] },
  { scenario: 'deploy', none: [0, 0], standby: [0, 0] },
])('$scenario', ({ scenario, none, standby }) => {
  it.each<[Policy, [number, number]]>([
    ['none', none],
    ['standby', standby],
    ['full', [0, 0]],
  ])('with %s loses nothing, and interrupts within its bounds', async (policy, [p50, p99]) => {
    const result = await play(scenario, policy)
    expect(result.p50).toBeLessThanOrEqual(p50)
    expect(result.p99).toBeLessThanOrEqual(p99)
    expect(result.peak).toBeLessThanOrEqual(clients)
  })
})

describe('a stream that is oddly silent', () => {
  it.each([10_000, 30_000])('is found out at a heartbeat of %i ms as well', async (heartbeat) => {
    expect((await play('black hole', 'none', heartbeat)).p99).toBeLessThanOrEqual(2_500)
    expect((await play('black hole', 'standby', heartbeat)).p99).toBeLessThanOrEqual(1_500)
  })

  it('beside another such is not relied on', async () => {
    expect((await play('partition', 'full', 10_000)).p99).toBeLessThanOrEqual(2_500)
    expect((await play('partition', 'none', 10_000)).p99).toBeLessThanOrEqual(2_500)
  })

  it.each(['pauses', 'bursts'])(
    'costs two probes a minute at most where its publisher is like that: %s',
    async (name) => {
      for (const policy of ['none', 'standby', 'full'] as const) {
        const { standbys, times } = await play(name, policy, 10_000)
        expect({ policy, times }).toEqual({ policy, times: 0 })
        expect(standbys).toBeLessThanOrEqual(2)
      }
    },
  )
})

describe('a client', () => {
  it('leaves a slow server', async () => {
    expect((await play('slow', 'none')).shares[0]).toBe(0)
  })

  it('leaves a server that sheds its load, but not all do', async () => {
    const { shares } = await play('overload', 'none')
    expect(shares[0]).toBeLessThan(clients / 5)
  })

  it('finds the endpoint that a partition leaves', async () => {
    const { p99 } = await play('partition', 'none')
    expect(p99).toBeLessThanOrEqual(9_800)
  })

  it('comes back after a full outage without a storm', async () => {
    const { p99, peak, attempts } = await play('outage', 'none')
    expect(p99).toBeLessThanOrEqual(32_000)
    // One sweep over three endpoints, then one attempt per step of the back-off.
    expect(peak).toBeLessThanOrEqual(4 * clients)
    expect(attempts).toBeLessThanOrEqual(15 * clients)
  })

  it('of the tutorials loses events', async () => {
    expect((await play('crash', 'naive')).lost).toBeGreaterThan(0)
  })
})
