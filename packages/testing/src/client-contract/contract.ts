import { describe, expect, it } from 'vitest'
import { requireTool } from '../require-tool.ts'
import { driveClient } from './drive.ts'
import type { ClientRuntime } from './runtimes.ts'

/** Run the client contract in a runtime: one test, since all of its cases play at the same time. */
export function clientContract(name: string, runtime: ClientRuntime | undefined): void {
  const redis = requireTool('redis-server')
  describe.skipIf(!redis || !runtime)(`client contract: ${name}`, () => {
    it('loses, repeats and reorders nothing, whatever fails', async () => {
      const { results, table } = await driveClient(runtime as ClientRuntime, redis as string)
      const failed = results.filter(({ error }) => error !== undefined)
      console.log(`connect() in ${name}: ${results.length - failed.length} of ${results.length} cases passed\n${table}`)
      for (const { name: failure, error } of failed) console.log(`  ${failure}: ${error}`)
      expect(failed).toEqual([])
    }, 180_000)
  })
}
