import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { packages, root } from './support/packages.ts'

interface Published {
  description: string
  keywords: string[]
  homepage: string
  bugs: string
  license: string
  repository: { type: string; url: string; directory: string }
  version: string
  type: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional: boolean }>
}

const home = 'https://github.com/holdfast-sse/holdfast'

it('JSR is told what npm is told (node scripts/jsr.mjs --write)', async () => {
  const { published, jsrManifest } = (await import(join(root, 'scripts/jsr.mjs'))) as {
    published: string[]
    jsrManifest(folder: string): string
  }
  for (const folder of published)
    expect(JSON.parse(readFileSync(join(folder, 'jsr.json'), 'utf8'))).toEqual(JSON.parse(jsrManifest(folder)))
})

describe.each(packages)('the manifest of $name in its tarball', ({ name, folder }) => {
  const installed = join(inject('consumer'), 'node_modules', name)
  const text = readFileSync(join(installed, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Published
  const directory = `packages/${name.replace('@holdfast/', '')}`

  it('names no version of the workspace', () => {
    expect(text).not.toMatch(/workspace:|link:|file:|catalog:/)
  })

  it('says whose it is and where it comes from', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      homepage: `${home}/tree/main/${directory}#readme`,
      bugs: `${home}/issues`,
      repository: { type: 'git', url: `git+${home}.git`, directory },
    })
    expect(manifest.description).toMatch(/^[A-Z]/)
    expect(manifest.keywords).toContain('server-sent-events')
  })

  it('stands beside its README and the licence', () => {
    expect(readFileSync(join(installed, 'README.md'), 'utf8')).toBe(readFileSync(join(folder, 'README.md'), 'utf8'))
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'))
  })

  it('brings nothing but the core, and leaves what its user has himself to him', () => {
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(name === '@holdfast/core' ? [] : ['@holdfast/core'])
    expect(Object.values(manifest.peerDependencies ?? {}).filter((range) => !range.startsWith('^'))).toEqual([])
  })
})

it('all packages are released with one version', () => {
  const { fixed } = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8')) as { fixed: string[][] }
  expect(fixed.map((names) => names.toSorted())).toEqual([packages.map(({ name }) => name).toSorted()])
})

it('an adapter asks for no peer that only another of them needs', () => {
  const path = join(inject('consumer'), 'node_modules/@holdfast/adapters/package.json')
  const { peerDependencies, peerDependenciesMeta } = JSON.parse(readFileSync(path, 'utf8')) as Published
  const optional = Object.keys(peerDependenciesMeta ?? {}).filter((peer) => peerDependenciesMeta?.[peer]?.optional)
  expect(optional.toSorted()).toEqual(Object.keys(peerDependencies ?? {}).toSorted())
})
