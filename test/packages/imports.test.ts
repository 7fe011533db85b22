import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf } from './support/module.ts'
import { packages } from './support/packages.ts'

const relative = /^\.\.?\//
const core = packages.find(({ name }) => name === '@holdfast/core')!
const adapters = packages.find(({ name }) => name === '@holdfast/adapters')!

describe('the built core', () => {
  it.each(['**/*.js', '**/*.d.ts'])('imports nothing but itself in %s', (pattern) => {
    expect(foreignImports(join(core.folder, 'dist'), pattern, relative)).toEqual([])
  })

  it('asks for no types package', () => {
    expect(references(join(core.folder, 'dist'))).toEqual([])
  })
})

// Their users have one runtime's types, or none: what a runtime passes in is described by its shape.
describe.each(['bun', 'deno', 'redis', 'postgres'])('the declarations of the adapter for %s', (folder) => {
  it('name no types but ours', () => {
    const dist = join(adapters.folder, 'dist', folder)
    expect(foreignImports(dist, '**/*.d.ts', /^\.\.?\/|^@holdfast\/core(\/|$)/)).toEqual([])
    expect(references(dist)).toEqual([])
  })
})

function foreignImports(folder: string, pattern: string, allowed: RegExp): string[] {
  return read(folder, pattern).flatMap(({ path, text }) =>
    importsOf(path, text)
      .filter((each) => !allowed.test(each))
      .map((each) => `${path} imports ${each}`),
  )
}

function references(folder: string): string[] {
  return read(folder, '**/*.d.ts').flatMap(({ text }) => text.match(/^\/\/\/\s*<reference .*$/gm) ?? [])
}

function read(folder: string, pattern: string): { path: string; text: string }[] {
  const files = globSync(pattern, { cwd: folder }).map((path) => ({
    path,
    text: readFileSync(join(folder, path), 'utf8'),
  }))
  // A folder that holds nothing would satisfy every check.
  expect(files).not.toEqual([])
  return files
}
