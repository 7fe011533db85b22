import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { describe, expect, inject, it } from 'vitest'
import { installedNodes } from './support/nodes.ts'
import { entries, packages, root } from './support/packages.ts'

const consumer = inject('consumer')
const tarballs = inject('tarballs')

describe.each(packages)('$name as published', ({ name }) => {
  const installed = join(consumer, 'node_modules', name)
  const files = globSync('**', { cwd: installed }).filter((path) => /\.\w+$/.test(path))

  it('satisfies publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }))).toEqual([])
  })

  it('has types that resolve (attw)', () => {
    // It exits with an error where one does not, and its table is the message.
    execFileSync('attw', [tarballs[name]!, '--profile', 'esm-only', '--no-color'], { cwd: root, encoding: 'utf8' })
  })

  it('holds the build and its sources, and nothing else', () => {
    expect(
      files.filter(
        (path) =>
          !/^(dist|src)\/.*(?<!\.test)\.(ts|js|map)$|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path),
      ),
    ).toEqual([])
    expect(files.filter((path) => /(^|\/)tests?\//.test(path))).toEqual([])
  })

  it('has the source of each source map', () => {
    const maps = files.filter((path) => path.endsWith('.map'))
    expect(maps).not.toEqual([])
    const missing = maps.flatMap((path) => {
      const { sources } = JSON.parse(readFileSync(join(installed, path), 'utf8')) as { sources: string[] }
      return sources.filter((source) => !existsSync(join(installed, dirname(path), source)))
    })
    expect(missing).toEqual([])
  })
})

describe.each(installedNodes())('Node %s', (_version, node) => {
  it.each(entries.filter(({ runsOnNode }) => runsOnNode))('imports $specifier as published', ({ specifier }) => {
    const program = `const names = Object.keys(await import(${JSON.stringify(specifier)})); process.exitCode = names.length > 0 ? 0 : 9`
    execFileSync(node, ['--input-type=module', '--eval', program], { cwd: consumer })
  })

  it.each(entries.filter(({ runsOnNode }) => runsOnNode))('requires $specifier as published', ({ specifier }) => {
    const program = `process.exitCode = Object.keys(require(${JSON.stringify(specifier)})).length > 0 ? 0 : 9`
    execFileSync(node, ['--input-type=commonjs', '--eval', program], { cwd: consumer })
  })
})
