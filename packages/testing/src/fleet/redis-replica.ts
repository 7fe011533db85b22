import { RedisPair } from '../brokers/redis-pair.ts'
import type { FleetEngine } from './engine.ts'
import type { Fault } from './trial.ts'

/** A primary that fails, and its replica. */
export interface ReplicatedRedis extends FleetEngine {
  /** As an operator fails over: the replica has everything. */
  settle(): Promise<void>
  /** The replica hears nothing more. */
  part(): void
  /** kill -9 of the primary, whose place the replica takes, its address included: as a DNS name or a virtual IP moves. */
  takeOver(): Promise<void>
}

export async function startReplicatedRedis(path: string): Promise<ReplicatedRedis> {
  const pair = await RedisPair.start(path)
  await pair.caughtUp()
  return {
    deadline: 3_000,
    variables: () => ({ REDIS_URL: pair.primary.url }),
    settle: () => pair.settle(),
    part: () => pair.part(),
    takeOver: async () => {
      await pair.primary.kill()
      await pair.promote()
      await pair.replica.command('CONFIG', 'SET', 'port', String(pair.primary.port))
    },
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  }
}

export const replicaFaults: readonly Fault<ReplicatedRedis>[] = [
  {
    name: 'a replica that has everything and takes over',
    run: async (scene, engine) => {
      await engine.settle()
      await engine.takeOver()
      await scene.recovered()
      await scene.expectAllOnce()
    },
  },
  {
    name: 'a replica that lacks the last events and takes over',
    run: async (scene, engine) => {
      engine.part()
      await scene.going()
      await engine.takeOver()
      await scene.recovered()
      await scene.expectNewLog()
    },
  },
]
