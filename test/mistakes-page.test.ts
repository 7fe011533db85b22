import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const page = readFileSync(join(root, 'docs/mistakes.md'), 'utf8')
const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, name]) => name)
const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8'))

it('every call that refuses an argument has a heading, and no other has one', () => {
  const call = /\b(?:check(?:Options|Argument|Request|Handler)|wrongRuntime|checkRuntime|bunGlobal)\(\s*'(\w+)'/g
  const calls = new Set(sources.flatMap((text) => [...text.matchAll(call)].map(([, name]) => name)))
  expect(calls).toEqual(new Set(headings))
})
