import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { FaultScene, type OpenAt, quick } from './scene.ts'

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
