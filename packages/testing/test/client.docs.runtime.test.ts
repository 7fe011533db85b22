import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { examplesOf, typeErrorsIn } from '../src/document-examples.ts'
import { workspaceRoot } from '../src/launch.ts'

const examples = await examplesOf('failover.md')

it('docs/failover.md: the examples are TypeScript without an error', async () => {
  expect({ examples: examples.length, errors: await typeErrorsIn(examples) }).toEqual({ examples: 11, errors: '' })
})

it('docs/failover.md: both lists are the ones that were measured', async () => {
  for (const name of ['naive', 'ours']) {
    const code = await readFile(`${workspaceRoot}packages/testing/src/client-contract/naive-list/${name}.ts`, 'utf8')
    expect(examples).toContain(code)
  }
})
