import { setTimeout as wait } from 'node:timers/promises'
import { RedisServer } from '../brokers/redis-server.ts'
import { endingScene } from './cases/endings.ts'
import { mutedScene } from './cases/muted.ts'
import { networkScenes } from './cases/network.ts'
import { postScenes } from './cases/requests.ts'
import { resumeScene } from './cases/resuming.ts'
import { deployScene, killScene } from './cases/servers.ts'
import { Control } from './control.ts'
import type { Feed } from './feed.ts'
import { Publisher } from './publisher.ts'
import type { ClientRuntime, Running } from './runtimes.ts'
import { startServers } from './servers.ts'
import { type Check, type PreparedScene, type Scene, Stage } from './stage.ts'

/**
 * How long a client may take to end by itself, or to report once the topics have ended: some 80 connections hear of that in one
 * process, beside servers, proxies and other tests.
 */
const patience = 60_000

export const scenes: readonly Scene[] = [
  ...networkScenes,
  ...postScenes,
  killScene,
  deployScene,
  endingScene,
  resumeScene,
  mutedScene,
]

/** Asked of a whole play, where a runtime ends by itself. */
export const exitCase = 'the process ends once every connection is closed'

/** How a play went: what each case failed with (undefined where it passed), and the table of interruptions. */
export interface Outcome {
  cases: Map<string, Error | undefined>
  table: string
}

/**
 * Play scenes of the client contract in one runtime, with no test runner: real servers over one history in Redis, real
 * clients in a process of their own, everything between them through fault proxies. All scenes play at once.
 */
export async function play(runtime: ClientRuntime, redisPath: string, scenes: readonly Scene[]): Promise<Outcome> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await RedisServer.start(redisPath))
  const [calm, mortal, deployed] = await Promise.all([3, 3, 3].map((count) => startServers(stack, count, redis.port)))
  const patient = await startServers(stack, 1, redis.port, 10_000)
  const servers = { calm: calm ?? [], mortal: mortal ?? [], deployed: deployed ?? [], patient }
  const publisher = stack.use(new Publisher(redis.port))
  const control = stack.use(new Control())
  await control.listen()

  const exits: Promise<void>[] = []
  const launch = async (run: string, feeds: readonly Feed[]): Promise<Running> => {
    control.plan(run, feeds)
    const client = stack.use(await runtime.start(control, run))
    exits.push(client.ended)
    return client
  }
  const stage = stack.use(
    new Stage(servers, publisher, async (run, feeds) => orGone(await launch(run, feeds), control.reported(run))),
  )
  const prepared = await Promise.all(scenes.map((scene) => scene.prepare(stage)))
  const client = await launch(
    'first',
    prepared.flatMap(({ feeds }) => feeds),
  )
  const errors = new Map<PreparedScene, Error>()
  await Promise.all(
    prepared.map((scene) => orGone(client, scene.disturb()).catch((error: Error) => errors.set(scene, error))),
  )
  await publisher.end()
  // One that never ends fails its own cases only.
  await orGone(client, Promise.race([control.reported('first'), wait(patience, undefined, { ref: false })]))

  const cases: Outcome['cases'] = new Map()
  for (const scene of prepared)
    for (const [name, check] of Object.entries(scene.checks))
      cases.set(name, errors.get(scene) ?? missingReport(scene) ?? (await failureOf(check)))
  if (runtime.endsByItself) cases.set(exitCase, await failureOf(() => within(patience, 'an exit', Promise.all(exits))))
  return { cases, table: stage.table.print(runtime.name) }
}

/** What the client is needed for, unless it breaks off. */
function orGone<T>(client: Running, work: Promise<T>): Promise<T> {
  // That it ended well says nothing.
  return Promise.race([work, client.ended.then(() => work)])
}

function missingReport({ feeds }: PreparedScene): Error | undefined {
  const missing = feeds.find(({ hasReported }) => !hasReported)
  return missing && new Error(`"${missing.plan.name}" did not end:\n${missing.log}`)
}

async function within(milliseconds: number, what: string, work: Promise<unknown>): Promise<void> {
  const late = wait(milliseconds, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`Waited ${milliseconds} ms in vain for ${what}`)),
  )
  await Promise.race([work, late])
}

async function failureOf(check: Check): Promise<Error | undefined> {
  try {
    await check()
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
