import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { eventually } from '../../eventually.ts'
import { FaultScene, type OpenAt, quick, topic } from './scene.ts'

/** What can be done to a whole engine. */
export interface FaultyServer {
  readonly port: number
  /** kill -9, and start it again with all that it had. */
  restart(): Promise<void>
  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void
}

/** One fault that every engine must survive, without losing an event. */
interface FaultCase {
  name: string
  /** Not part of `npm test`: it takes long, or is much like another one. */
  isLong?: boolean
  run(scene: FaultScene, server: FaultyServer): Promise<void>
}

const cases: FaultCase[] = [
  {
    name: 'kill -9 and restart',
    run: async (scene, server) => {
      await server.restart()
      expect(scene.writers.flatMap(({ errors }) => errors)).not.toEqual([])
    },
  },
  {
    name: 'SIGSTOP for longer than a deadline',
    run: async (scene, server) => {
      const thaw = server.freeze()
      await wait(2 * quick.timeout)
      thaw()
      expect(scene.writers.flatMap(({ errors }) => errors)).not.toEqual([])
    },
  },
  {
    name: 'all links of one hub cut, and again',
    run: async (scene) => {
      for (let round = 0; round < 3; round++) {
        for (const connection of scene.hubs[0]?.proxy.connections ?? []) connection.rst()
        await wait(300)
      }
    },
  },
  {
    name: 'one hub without a link for a while',
    isLong: true,
    run: async (scene) => {
      const proxy = scene.hubs[0]?.proxy
      proxy?.stopListening()
      for (const connection of proxy?.connections ?? []) connection.rst()
      await wait(2_000)
      await proxy?.listen()
    },
  },
  {
    name: 'all links of a hub swallowed by a black hole',
    run: async (scene) => {
      // New ones work: the broker has to give the dead ones up.
      for (const connection of scene.hubs[0]?.proxy.connections ?? []) connection.blackHole()
      await scene.going()
    },
  },
  {
    name: 'the links of a hub that only reads swallowed by a black hole',
    run: async (scene) => {
      for (const connection of scene.hubs[2]?.proxy.connections ?? []) connection.blackHole()
      await scene.going()
    },
  },
  {
    name: 'a black hole for old and new links of a hub, for a while',
    run: async (scene) => {
      const proxy = scene.hubs[0]?.proxy
      const swallowing = setInterval(() => proxy?.connections.forEach((connection) => connection.blackHole()), 5)
      await wait(3 * quick.timeout)
      clearInterval(swallowing)
      await scene.going()
    },
  },
  {
    name: 'all links half open',
    isLong: true,
    run: async (scene) => {
      for (const { proxy } of scene.hubs) for (const connection of proxy.connections) connection.halfOpen('target')
      await scene.going()
    },
  },
]

/**
 * All faults, or those of `npm test`.
 *
 * @param open - asked for when a case begins: for brokers of a part of the engine that nobody else uses
 */
export function faultCases(open: () => OpenAt, server: () => FaultyServer): { name: string; run(): Promise<void> }[] {
  const isFull = process.env['HOLDFAST_FULL'] === '1'
  return cases
    .filter(({ isLong = false }) => isFull || !isLong)
    .map(({ name, run }) => ({
      name,
      run: async () => {
        await using scene = await FaultScene.start(server().port, open())
        await run(scene, server())
        await scene.expectAllOnce()
      },
    }))
}

/** A hub is away while more is written than is kept: that is a gap for its readers, and told. */
export async function trimmedWhileAway(open: OpenAt, { port }: FaultyServer): Promise<void> {
  await using scene = await FaultScene.start(port, open, { maxEvents: 400 })
  const proxy = scene.hubs[2]?.proxy
  proxy?.stopListening()
  for (const connection of proxy?.connections ?? []) connection.rst()
  // Slowly enough that those who are there keep up.
  for (let batch = 0; batch < 20; batch++) {
    const texts = Array.from({ length: 50 }, (_, index) => `x${batch * 50 + index}`)
    await scene.hubs[0]?.broker.publish(
      topic,
      texts.map((data) => ({ data })),
    )
    const isRead = (): boolean => scene.hubs.slice(0, 2).every(({ reader }) => reader.texts.includes(texts[49] ?? ''))
    await eventually('a batch', isRead, { within: 15_000, every: 5 })
  }
  await proxy?.listen()
  await eventually('the gap', () => (scene.hubs[2]?.reader.gaps.length ?? 0) > 0, { within: 15_000 })
  await scene.going()
  await scene.expectGap(2, 'trimmed')
}
