import { globSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { examples, examplesNamed } from '../src/examples/examples.ts'
import type { Column, Measured } from '../src/examples/measure.ts'
import { rowsOf, tableDocument, withRows } from '../src/examples/table.ts'
import { workspaceRoot } from '../src/index.ts'

const folder = `${workspaceRoot}examples`
const names = examples.map(({ name }) => name)

test('each folder is an example, and has its row in the document', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  expect([...rowsOf(readFileSync(tableDocument, 'utf8')).keys()]).toEqual(names)
})

test('each piece of code in the document is part of an example', () => {
  const sources = globSync('*/*.ts', { cwd: folder }).map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
  const pieces = [...readFileSync(tableDocument, 'utf8').matchAll(/^```ts\n([^]*?)^```$/gm)].map(
    ([, code = '']) => code,
  )
  expect(pieces).not.toEqual([])
  expect(pieces.filter((piece) => !sources.some((source) => source.includes(piece)))).toEqual([])
})

test('a name that is none is refused', () => {
  expect(examplesNamed(['h3']).map(({ name }) => name)).toEqual(['h3'])
  expect(() => examplesNamed(['h3', 'h4'])).toThrow('Cannot run example "h4": there are hono-node,')
})

test.for(names)('%s has at most 60 lines of its own', (name) => {
  const cwd = `${folder}/${name}`
  const files = globSync('**/*.{ts,tsx,svelte,astro,html,jsonc}', { cwd, exclude: ['node_modules/**'] })
  const lines = files.flatMap((file) => readFileSync(`${cwd}/${file}`, 'utf8').split('\n'))
  expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(60)
})

test.for(names)('%s names exact versions, and a range of what is published from here', (name) => {
  const manifest = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as Record<string, object>
  const versions = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })
  for (const [dependency, version] of versions)
    expect([dependency, version]).toEqual([
      dependency,
      expect.stringMatching(dependency.startsWith('@holdfast/') ? /^\^\d+\.\d+\.\d+$/ : /^\d+\.\d+\.\d+(-[\w.]+)?$/),
    ])
})

const markers = ['<!-- measured by npm run test:examples -->', '<!-- /measured -->'] as const
const cells = {} as Record<Column, string>
const measured = (name: string, title: string): Measured => ({
  example: { ...examples[0]!, name, title },
  versions: 'a 1.0.0, Node 26.0.0',
  cells,
  faults: [],
})

test('a new row takes the place of the old one, in the order of the list, and words stay', () => {
  const empty = `words\n\n${markers.join('\n')}\n\nmore words\n`
  const first = withRows(empty, [measured('b', 'B'), measured('a', 'Old')], ['a', 'b'], '2026-01-01')
  const second = withRows(first, [measured('a', 'A')], ['a', 'b'], '2026-02-02')
  expect(second.startsWith('words\n\n')).toBe(true)
  expect(second.endsWith(`${markers[1]}\n\nmore words\n`)).toBe(true)
  const rows = [...rowsOf(second).values()]
  expect(rows.map((row) => row.split(' | ').slice(0, 3))).toEqual([
    ['| [A](../examples/a)', 'a 1.0.0, Node 26.0.0', '2026-02-02'],
    ['| [B](../examples/b)', 'a 1.0.0, Node 26.0.0', '2026-01-01'],
  ])
  expect(withRows(second, [], ['a', 'b'], '')).toBe(second)
})

test('a document without the place for a table is refused', () => {
  expect(() => withRows('words', [], [], '')).toThrow('Cannot find')
})
