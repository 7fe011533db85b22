import { pathToFileURL } from 'node:url'
import { expect, it, vi } from 'vitest'
import { exportedNames } from './support/module.ts'
import { entries, type Entry } from './support/packages.ts'

// Only workerd has it.
vi.mock('cloudflare:workers', () => ({ DurableObject: Object }))

// A name that comes or goes is a decision: `npm run test:packages -- -u` writes it down.
it('every public entry exports the names that are written down', async () => {
  const sections = await Promise.all(entries.map(section))
  await expect(sections.join('\n')).toMatchFileSnapshot('./names.txt')
})

async function section({ specifier, types, file }: Entry): Promise<string> {
  const values = Object.keys((await import(pathToFileURL(file).href)) as object)
  const lines = exportedNames(types).map((name) => `  ${values.includes(name) ? '' : 'type '}${name}\n`)
  return `${specifier}\n${lines.toSorted().join('')}`
}
