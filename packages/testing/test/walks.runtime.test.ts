import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { workspaceRoot } from '../src/launch.ts'
import { listedFiles } from '../src/walks/document.ts'
import { walks } from '../src/walks/walks.ts'

/** In a process of its own, since Vitest changes the sources before they run. */
async function filesOf(letter: string): Promise<string[]> {
  const main = 'packages/testing/src/walks/main.ts'
  const child = spawn(process.execPath, ['--conditions=@holdfast/source', main, letter, '--json'], {
    cwd: workspaceRoot,
  })
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  if (!out) throw new Error(`Cannot measure the walk "${letter}": ${errors}`)
  return (JSON.parse(out) as { files: string[] }).files
}

const architecture = await readFile(`${workspaceRoot}ARCHITECTURE.md`, 'utf8')

describe.each(walks)('walk ($letter): $title', (walk) => {
  const listed = listedFiles(architecture, walk)

  it('goes through the files that ARCHITECTURE.md lists', async () => {
    // What differs: `npm run walks -- --write` brings the lists up to date, and then needs your words.
    expect(listed.map(({ file }) => file).toSorted()).toEqual(await filesOf(walk.letter))
  })

  it('goes through no more files than a reader can keep in mind', () => {
    expect(listed.length).toBeLessThanOrEqual(walk.limit)
  })

  it('says of each file what it does there', () => {
    expect(listed.filter(({ words }) => words === '')).toEqual([])
  })
})
