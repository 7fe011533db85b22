import { spawnSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { expect, it, onTestFinished } from 'vitest'
import { workspaceRoot } from '../src/launch.ts'

const page = await readFile(`${workspaceRoot}docs/failover.md`, 'utf8')
const blocks = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code)

it('docs/failover.md: the examples are TypeScript without an error', async () => {
  // Here, so that the packages are found; with a dot, so that nothing else looks at it.
  const folder = `${workspaceRoot}packages/testing/test/.failover`
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(folder, { recursive: true })
  const files = blocks.map((_, index) => `example-${index + 1}.ts`)
  const compilerOptions = { noUnusedLocals: false }
  await writeFile(
    `${folder}/tsconfig.json`,
    JSON.stringify({ extends: '../../../../tsconfig.json', compilerOptions, files, include: [] }),
  )
  for (const [index, code] of blocks.entries()) await writeFile(`${folder}/example-${index + 1}.ts`, code)
  const { stdout } = spawnSync(`${workspaceRoot}node_modules/.bin/tsc`, ['-p', folder], { encoding: 'utf8' })
  expect({ blocks: blocks.length, errors: stdout }).toEqual({ blocks: 9, errors: '' })
})

it('docs/failover.md: both lists are the ones that were measured', async () => {
  for (const name of ['naive', 'ours']) {
    const code = await readFile(`${workspaceRoot}packages/testing/src/client-contract/naive-list/${name}.ts`, 'utf8')
    expect(blocks).toContain(code)
  }
})
