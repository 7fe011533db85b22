import { afterAll, beforeAll, describe, it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import type { Engine } from '../src/brokers/engine.ts'
import { temporaryFolder, type TemporaryFolder } from '../src/runtimes/temporary-folder.ts'

let folder: TemporaryFolder
beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder[Symbol.asyncDispose]())

describe('sqliteBroker keeps the contract', () => {
  let files = 0
  const engine: Engine = {
    lacks: {
      disconnect: 'its engine is a file; a lock that is not to be had and a full disk have tests of their own below',
      restart: 'a file has no process; kill -9 of those that use it has a test of its own below',
      'lose-history': 'a file that is removed under its processes is an error, not a new log',
    },
    part: async () => ({ connection: `${folder.path}/${++files}.sqlite` }),
  }
  it.each(['node', 'bun', 'deno'] as const)('under %s', (runtime) => expectContractUnder(runtime, 'sqlite', engine))
})
