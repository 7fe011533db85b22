/**
 * `npm run walks`: which files are the ways that ARCHITECTURE.md describes. Letters choose among them; `--json` for
 * machines; `--write` brings the lists in ARCHITECTURE.md up to date, where each file's words are then to be written.
 */
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { workspaceRoot } from '../launch.ts'
import { withFiles } from './document.ts'
import type { Walk } from './walk.ts'
import { walks } from './walks.ts'

const [...args] = process.argv.slice(2)
const letters = args.filter((each) => !each.startsWith('-'))
const architecture = `${workspaceRoot}ARCHITECTURE.md`

for (const walk of walks.filter(({ letter }) => letters.length === 0 || letters.includes(letter))) {
  const called = await walk.measure()
  const files = called.filter((file) => walk.rooms?.test(file) ?? true)
  if (args.includes('--json')) console.log(JSON.stringify({ letter: walk.letter, files }))
  else print(walk, files, (await walk.measureAll?.()) ?? called)
  if (args.includes('--write'))
    await writeFile(architecture, withFiles(await readFile(architecture, 'utf8'), walk, files))
}

function print({ letter, title, limit }: Walk, files: readonly string[], all: readonly string[]): void {
  const others = all.length > files.length ? `, of ${all.length} with what is left out` : ''
  console.log(`\n(${letter}) ${title}: ${files.length} files${others} (limit ${limit})`)
  for (const file of files) console.log(`  ${file}`)
}
