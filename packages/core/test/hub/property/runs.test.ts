import { describe, expect, it } from 'vitest'
import { openFleet, type Process } from '../../support/fleet.ts'
import { follow, type HubScene } from '../../support/hub.ts'
import { Random } from './random.ts'

const words = Array.from({ length: 12 }, (_, index) => `word ${index + 1}`)
const lease = 3_000

describe('a run, whatever dies when', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'is read word by word, once, in order, to its end or to a clean failure (seed %i)',
    async (seed) => {
      const random = new Random(seed)
      const { environment, processes } = openFleet(4)
      const reader = processes[0] as Process
      for (const process of processes.slice(1)) void produce(process, random)
      const client = await follow(reader, ['answer'])
      for (let step = 0; step < 30; step++) {
        strike(processes.slice(1), random)
        await environment.advance(random.between(0, 2_000))
      }
      for (const { line } of processes) if (random.chance(0.5)) line.letGo()
      await environment.advance(10 * lease)
      const { end } = client.parsed.hints.at(-1) ?? {}
      expect(client.data).toEqual(words.slice(0, client.data.length))
      expect(end === 'failed' || (end === 'done' && client.data.length === words.length)).toBe(true)
      // What the log says later is what the reader was told then.
      const { events } = await reader.hub.read('answer')
      expect(events.map(({ data }) => data)).toEqual(client.data)
      expect(await reader.hub.status('answer')).toBe(end === 'done' ? 'ended' : 'failed')
    },
  )
})

async function produce({ hub, environment }: HubScene, random: Random): Promise<void> {
  await new Promise<void>((resolve) => environment.setTimer(resolve, random.between(1, 9_000)))
  async function* source({ written }: { written: number }): AsyncGenerator<string> {
    for (const word of words.slice(written)) {
      await new Promise<void>((resolve) => environment.setTimer(resolve, random.between(1, 2_000)))
      yield word
    }
  }
  // Superseded, mostly.
  await hub.run('answer', source, { key: 'request', lease }).catch(() => {})
}

function strike(processes: Process[], random: Random): void {
  for (const { line } of processes) {
    const dice = random.next()
    if (dice < 0.1) line.hold()
    else if (dice < 0.2) line.letGo()
  }
}
