import { describe, it } from 'vitest'
import { hostileCases } from '../cases/hostile.ts'
import { Gathering } from '../gathering.ts'
import type { ClientRuntime } from '../runtimes.ts'
import { playHostile } from './drive.ts'

/** Hold `connect()` in a runtime to what it must make of servers that misbehave: a test for each case. */
export function hostileContract(name: string, runtime: ClientRuntime | undefined): void {
  describe.skipIf(!runtime)(`hostile servers: ${name}`, () => {
    const plays = new Gathering((cases: readonly string[]) => playHostile(runtime as ClientRuntime, cases))
    for (const { name: each } of hostileCases) {
      it.concurrent(each, { timeout: 180_000 }, async () => {
        const results = await plays.ask([each])
        if (!results.has(each)) throw new Error(`Nothing played "${each}"`)
        const error = results.get(each)
        if (error) throw error
      })
    }
  })
}
