import { describe, it } from 'vitest'
import { requireTool } from '../require-tool.ts'
import { exitCase, play, scenes } from './drive.ts'
import { Gathering } from './gathering.ts'
import type { ClientRuntime } from './runtimes.ts'
import type { Scene } from './stage.ts'

/** Run the client contract in a runtime: a test for each case, while all of their scenes play at the same time. */
export function clientContract(name: string, runtime: ClientRuntime | undefined): void {
  const redis = requireTool('redis-server')
  describe.skipIf(!redis || !runtime)(`client contract: ${name}`, () => {
    const plays = new Gathering((asked: readonly Scene[]) => printed(runtime as ClientRuntime, redis as string, asked))
    const test = (each: string, itsScenes: readonly Scene[]): void =>
      it.concurrent(each, { timeout: 300_000 }, async () => {
        const { cases } = await plays.ask(itsScenes)
        if (!cases.has(each)) throw new Error(`Nothing checked "${each}"`)
        const error = cases.get(each)
        if (error) throw error
      })
    for (const scene of scenes) for (const each of scene.cases) test(each, [scene])
    if (runtime?.endsByItself) test(exitCase, scenes)
  })
}

async function printed(runtime: ClientRuntime, redis: string, asked: readonly Scene[]): ReturnType<typeof play> {
  const outcome = await play(runtime, redis, asked)
  const passed = [...outcome.cases.values()].filter((error) => error === undefined).length
  console.log(`connect() in ${runtime.name}: ${passed} of ${outcome.cases.size} cases passed\n${outcome.table}`)
  return outcome
}
