/**
 * Pack the packages, install each example from the tarballs, run it for real, and write docs/frameworks.md.
 *
 *     npm run test:examples [-- name…]
 */
import { join } from 'node:path'
import process from 'node:process'
import { temporaryFolder } from '../runtimes/temporary-folder.ts'
import { examples, examplesNamed, type Example } from './examples.ts'
import { check, install, pack } from './install.ts'
import { measure, type Measured } from './measure.ts'
import { writeTable } from './table.ts'

// Few enough that one does not show in the times of another.
const sideBySide = 3

const waiting = [...examplesNamed(process.argv.slice(2))]
await using folder = await temporaryFolder()
const tarballs = await pack(join(folder.path, 'tarballs'))
const measured: Measured[] = []
await Promise.all(Array.from({ length: sideBySide }, work))
await writeTable(
  measured.filter(({ faults }) => faults.length === 0),
  examples.map(({ name }) => name),
  new Date().toISOString().slice(0, 10),
)

async function work(): Promise<void> {
  for (let example = waiting.shift(); example; example = waiting.shift()) await tryOut(example)
}

async function tryOut(example: Example): Promise<void> {
  try {
    const place = join(folder.path, example.name)
    await install(example, tarballs, place, 'all')
    await check(place)
    const result = await measure(example, place)
    measured.push(result)
    console.log(`${example.name}: ${result.versions}\n  ${JSON.stringify(result.cells)}`)
    result.faults.forEach((fault) => complain(example, fault))
  } catch (error) {
    complain(example, String(error))
  }
}

function complain({ name }: Example, fault: string): void {
  console.error(`${name} FAILED: ${fault}`)
  process.exitCode = 1
}
