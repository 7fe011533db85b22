import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { MemorySimulation } from './memory-simulation.ts'
import { Simulation } from './simulation.ts'

const { HOLDFAST_SEED: seed, HOLDFAST_RUNS: runs } = process.env
const first = seed === undefined ? 1 : Number(seed)
const count = Number(runs ?? (seed === undefined ? 1_200 : 1))
const replay = 'npx vitest run --project unit packages/core/test/hub/property/exactly-once.test.ts'

const worlds = {
  'several hubs on an engine that fails': Simulation,
  'hubs on the memory broker, which keeps little': MemorySimulation,
}

describe('every event is delivered exactly once in topic order, or inside an announced gap', () => {
  it.each(Object.entries(worlds))('with %s', { timeout: 60_000 + count * 100 }, async (world, Play) => {
    const total = { events: 0, gaps: 0 }
    for (let run = first; run < first + count; run++) {
      const simulation = new Play(run)
      try {
        await simulation.run()
      } catch (cause) {
        const trace = simulation.trace.slice(seed === undefined ? -15 : 0).join('\n  ')
        throw new Error(`${String(cause)}\nReplay: HOLDFAST_SEED=${run} ${replay} -t "${world}"\n  ${trace}`, { cause })
      }
      total.events += simulation.tally.events
      total.gaps += simulation.tally.gaps
    }
    console.info(`${count} runs: ${total.events} events and ${total.gaps} gaps received`)
    expect(total.events).toBeGreaterThan(0)
  })
})
