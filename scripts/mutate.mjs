/**
 * Which small changes of the code does no test notice?
 *
 *     npm run mutate -- packages/core/src/wire [--tests packages/core/test/wire/parse.test.ts]… [--only parse.ts] [--every 3]
 *
 * Runs the folder's unit tests once for each mutant, in a process of its own that is killed when it takes too long: a
 * change may make a loop endless. `--every` takes a part of the mutants. Survivors are printed and written to
 * `mutation.md` in the folder for temporary files.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { mutantsOf } from './mutate/mutants.mjs'

const root = resolve(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string', multiple: true },
    only: { type: 'string' },
    every: { type: 'string', default: '1' },
  },
})
const [folder = 'packages/core/src/wire'] = positionals
const tests = values.tests ?? [`${folder.replace('/src/', '/test/')}/`]
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-mutation-'))

const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file.includes(values.only ?? ''))
  .toSorted((a, b) => a.localeCompare(b))
const untouched = await run(resolve(root, folder, files[0] ?? ''), '', Infinity)
if (untouched.code !== 0) throw new Error(`Cannot mutate: the tests in ${tests.join(', ')} fail as they are`)
const broken = await run(resolve(root, folder, files[0] ?? ''), 'throw new Error()', 60_000)
if (broken.code === 0) throw new Error(`Cannot mutate: the tests in ${tests.join(', ')} do not load ${files[0]}`)
// Twice as long and a start on a busy machine.
const limit = untouched.took * 2 + 15_000
console.log(`${files.length} files, ${(untouched.took / 1_000).toFixed(1)} s for each mutant`)

const survivors = []
let tried = 0
for (const file of files) {
  const path = join(root, folder, file)
  const code = readFileSync(path, 'utf8')
  const mutants = mutantsOf(path, code).filter((_, index) => index % Number(values.every) === 0)
  let killed = 0
  for (const mutant of mutants) {
    const mutated = code.slice(0, mutant.start) + mutant.text + code.slice(mutant.end)
    const { code: exit } = await run(path, mutated, limit)
    if (exit === 0) {
      const survivor = { file, ...place(code, mutant) }
      survivors.push(survivor)
      console.log(rowOf(survivor))
    } else {
      killed++
    }
  }
  tried += mutants.length
  console.log(`${file}: ${killed} of ${mutants.length} noticed`)
}

const report = survivors.map(rowOf)
console.log([`${tried - survivors.length} of ${tried} noticed. Survivors:`, ...report].join('\n'))
writeFileSync(join(scratch, 'mutation.md'), `| where | was | now |\n|---|---|---|\n${report.join('\n')}\n`)
console.log(`Written to ${join(scratch, 'mutation.md')}`)

/** Run the tests. The exit code, or undefined for what had to be killed, and how long it took. */
function run(path, mutated, limit) {
  const codeFile = join(scratch, basename(path))
  if (mutated) writeFileSync(codeFile, mutated)
  const started = performance.now()
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'scripts/mutate/vitest.config.mjs', ...tests],
    {
      cwd: root,
      stdio: 'ignore',
      // A process group of its own, so that its workers die with it.
      detached: true,
      env: { ...process.env, MUTATED_FILE: mutated ? path : '', MUTATED_CODE: codeFile },
    },
  )
  return new Promise((resolve) => {
    const kill = () => child.pid && process.kill(-child.pid, 'SIGKILL')
    const timer = limit < Infinity ? setTimeout(kill, limit) : undefined
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve({ code: code ?? undefined, took: performance.now() - started })
    })
  })
}

function rowOf({ file, line, was, now }) {
  return `| ${file}:${line} | \`${was}\` | \`${now}\` |`
}

function place(code, { start, end, text }) {
  const line = code.slice(0, start).split('\n').length
  const begin = code.lastIndexOf('\n', start) + 1
  const stop = code.indexOf('\n', end)
  const escape = (part) => part.trim().replaceAll('|', '\\|').replaceAll('\n', ' ')
  return {
    line,
    was: escape(code.slice(begin, stop)),
    now: escape(code.slice(begin, start) + text + code.slice(end, stop)),
  }
}
