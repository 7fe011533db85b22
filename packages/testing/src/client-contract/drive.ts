import { setTimeout as wait } from 'node:timers/promises'
import { RedisServer } from '../brokers/redis-server.ts'
import { endingScene } from './cases/endings.ts'
import { networkScenes } from './cases/network.ts'
import { postScenes } from './cases/requests.ts'
import { resumeScene } from './cases/resuming.ts'
import { deployScene, killScene } from './cases/servers.ts'
import { Control } from './control.ts'
import type { Feed } from './feed.ts'
import { Publisher } from './publisher.ts'
import type { ClientRuntime, Running } from './runtimes.ts'
import { startServers } from './servers.ts'
import { type ContractCase, type Scene, Stage } from './stage.ts'

/** How one case went: without an error it passed. */
export interface CaseResult {
  name: string
  error?: string
}

/** How long a client may take to end by itself, or to report once the topics have ended. */
const patience = 20_000

/**
 * Run the client contract in one runtime, with no test runner: real servers over one history in Redis, real clients in a
 * process of their own, everything between them through fault proxies. All scenes play at once.
 *
 * @returns the cases, and the table of interruptions
 */
export async function driveClient(
  runtime: ClientRuntime,
  redisPath: string,
): Promise<{ results: CaseResult[]; table: string }> {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await RedisServer.start(redisPath))
  const [calm, mortal, deployed] = await Promise.all([3, 3, 3].map((count) => startServers(stack, count, redis.port)))
  const servers = { calm: calm ?? [], mortal: mortal ?? [], deployed: deployed ?? [] }
  const publisher = stack.use(new Publisher(redis.port))
  const control = stack.use(new Control())
  await control.listen()

  const exits: Promise<void>[] = []
  const launch = async (run: string, feeds: readonly Feed[]): Promise<Running> => {
    control.plan(run, feeds)
    const client = stack.use(await runtime.start(control, run))
    if (runtime.endsByItself) exits.push(client.ended)
    return client
  }
  const stage = stack.use(
    new Stage(servers, publisher, async (run, feeds) => orGone(await launch(run, feeds), control.reported(run))),
  )
  const scenes = await allScenes(stage)
  const client = await launch(
    'first',
    scenes.flatMap(({ feeds }) => feeds),
  )
  const errors = new Map<Scene, Error>()
  await Promise.all(
    scenes.map((scene) => orGone(client, scene.disturb()).catch((error: Error) => errors.set(scene, error))),
  )
  await publisher.end()
  // One that never ends fails its own cases only.
  await orGone(client, Promise.race([control.reported('first'), wait(patience, undefined, { ref: false })]))

  const results: CaseResult[] = []
  for (const scene of scenes)
    for (const each of scene.cases) results.push(await resultOf(each, errors.get(scene) ?? missingReport(scene)))
  if (runtime.endsByItself) {
    results.push(
      await resultOf(
        {
          name: 'the process ends once every connection is closed',
          check: () => within(patience, 'an exit', Promise.all(exits)),
        },
        undefined,
      ),
    )
  }
  return { results, table: stage.table.print(runtime.name) }
}

async function allScenes(stage: Stage): Promise<Scene[]> {
  const [network, posts, ...others] = await Promise.all([
    networkScenes(stage),
    postScenes(stage),
    killScene(stage),
    deployScene(stage),
    endingScene(stage),
    resumeScene(stage),
  ])
  return [...network, ...posts, ...others]
}

/** What the client is needed for, unless it breaks off. */
function orGone<T>(client: Running, work: Promise<T>): Promise<T> {
  // That it ended well says nothing.
  return Promise.race([work, client.ended.then(() => work)])
}

function missingReport({ feeds }: Scene): Error | undefined {
  const missing = feeds.find(({ hasReported }) => !hasReported)
  return missing && new Error(`"${missing.plan.name}" did not end:\n${missing.log}`)
}

async function within(milliseconds: number, what: string, work: Promise<unknown>): Promise<void> {
  const late = wait(milliseconds, undefined, { ref: false }).then(() =>
    Promise.reject(new Error(`Waited ${milliseconds} ms in vain for ${what}`)),
  )
  await Promise.race([work, late])
}

async function resultOf({ name, check }: ContractCase, disturbed: Error | undefined): Promise<CaseResult> {
  try {
    if (disturbed) throw disturbed
    await check()
    return { name }
  } catch (error) {
    return { name, error: error instanceof Error ? error.message : String(error) }
  }
}
