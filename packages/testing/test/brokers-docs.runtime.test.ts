import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { examplesOf, typeErrorsIn } from '../src/document-examples.ts'
import { workspaceRoot } from '../src/launch.ts'

it('docs/engines.md: the examples are TypeScript without an error', async () => {
  const examples = await examplesOf('engines.md')
  expect({ examples: examples.length, errors: await typeErrorsIn(examples) }).toEqual({ examples: 6, errors: '' })
})

it('docs/engines.md: the tests and benches that it names are there', async () => {
  const page = await readFile(`${workspaceRoot}docs/engines.md`, 'utf8')
  const named = [...page.matchAll(/`((?:packages|bench|docs)\/[\w./-]+\.\w+)`/g)].map(([, path = '']) => path)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((path) => !existsSync(`${workspaceRoot}${path}`))).toEqual([])
})
