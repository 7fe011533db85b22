import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { examples } from '../src/examples/examples.ts'
import { install, pack } from '../src/examples/install.ts'
import { measure } from '../src/examples/measure.ts'
import { temporaryFolder, type TemporaryFolder } from '../src/runtimes/temporary-folder.ts'

let folder: TemporaryFolder
let tarballs: Record<string, string>
beforeAll(async () => {
  folder = await temporaryFolder()
  tarballs = await pack(join(folder.path, 'tarballs'))
})
afterAll(() => folder[Symbol.asyncDispose]())

// All at once: most of what they do is to be quiet for 35 s. The others: `npm run test:examples`.
test.concurrent.for(examples.filter(({ light }) => light))('$title, as published', async (example) => {
  const place = join(folder.path, crypto.randomUUID(), example.name)
  await install(example, tarballs, place, 'runtime')
  const { faults } = await measure(example, place)
  expect(faults).toEqual([])
})
