import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { places } from './support/import-places.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

const forms = [
  `import { a } from 'node:fs'`,
  `import type { a } from 'node:fs'`,
  `import 'node:fs'`,
  `export { a } from 'node:fs'`,
  `export * from 'node:fs'`,
  `await import('node:fs')`,
  `await import(name)`,
  `type A = import('node:fs').Stats`,
  `import fs = require('node:fs')`,
]

const rules = /no-cycle|no-restricted-imports|no-dynamic-require|no-require-imports|consistent-type-imports/
const tree = mkdtempSync(join(tmpdir(), 'holdfast-import-rules-'))
afterAll(() => rmSync(tree, { recursive: true }))

const imports = places.flatMap(({ place, may, mayNot }) =>
  [...may, ...mayNot].map((specifier, index) => ({
    place,
    specifier,
    file: `${place}/case-${index}.ts`,
    allowed: index < may.length,
  })),
)
const formFiles = forms.map((text, index) => ({ text, file: `packages/core/src/hub/form-${index}.ts` }))
const refused = lint([
  ...formFiles,
  ...imports.map(({ file, specifier }) => ({ file, text: `export * from '${specifier}'` })),
])

describe.each(places)('$place', ({ place }) => {
  const here = imports.filter((each) => each.place === place)
  it.each(here.filter(({ allowed }) => allowed))('may import $specifier', ({ file }) =>
    expect(refused).not.toContain(file),
  )
  it.each(here.filter(({ allowed }) => !allowed))('may not import $specifier', ({ file }) =>
    expect(refused).toContain(file),
  )
})

it("only the core's entries gather wire, fanout and response", () => {
  const index = 'packages/core/src/index.ts'
  const lintIndex = (specifier: string): string[] => lint([{ file: index, text: `export * from '${specifier}'` }])
  for (const specifier of ['./errors.ts', './wire/parse.ts', './fanout/sink.ts', './response/body.ts'])
    expect(lintIndex(specifier)).toEqual([])
  for (const specifier of ['./hub/hub.ts', './client/connect.ts', 'node:fs'])
    expect(lintIndex(specifier)).toEqual([index])
})

it('two files that import no more than types of each other are a circle', () => {
  const files = ['here', 'there'].map((name, index) => ({
    file: `packages/core/src/wire/circle-${name}.ts`,
    text: `import type { a } from './circle-${['there', 'here'][index]}.ts'\nexport type b = a`,
  }))
  expect(new Set(lint(files))).toEqual(new Set(files.map(({ file }) => file)))
})

it('a Worker and an object share no type but those of their protocol', () => {
  const types = (side: string, other: string): { file: string; text: string }[] =>
    [
      `import type { a } from '../${other}/a.ts'`,
      `export type { a } from '../${other}/a.ts'`,
      `type A = import('../${other}/a.ts').a`,
    ].map((text, index) => ({ file: `packages/adapters/src/cloudflare/${side}/type-${index}.ts`, text }))
  const files = [...types('worker', 'object'), ...types('object', 'worker')]
  expect(new Set(lint(files))).toEqual(new Set(files.map(({ file }) => file)))
})

it.each(formFiles)('the core is refused: $text', ({ file }) => expect(refused).toContain(file))

/** The files that the workspace's own configuration refuses, laid out as in the workspace. */
function lint(files: { file: string; text: string }[]): string[] {
  copyFileSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'))
  for (const { file, text } of files) {
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), `${text}\n`)
  }
  const { stdout } = spawnSync('oxlint', ['--format=json', ...files.map(({ file }) => file)], {
    cwd: tree,
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  return diagnostics.filter(({ code }) => rules.test(code)).map(({ filename }) => filename)
}
