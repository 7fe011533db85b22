/**
 * Which small changes of the code does no test notice?
 *
 *     npm run mutate -- packages/core/src/wire [--tests packages/core/test/wire/parse.test.ts]… [--only parse.ts] [--every 3]
 *
 * Runs the folder's unit tests for each mutant until one fails. `--every` takes a part of the mutants. Survivors are
 * printed and written to `mutation.md` in the folder for temporary files.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
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
const first = resolve(root, folder, files[0] ?? '')
let runner
const untouched = await run(first, readFileSync(first, 'utf8'), 600_000)
if (!untouched.passed) throw new Error(`Cannot mutate: the tests in ${tests.join(', ')} fail as they are`)
const broken = await run(first, 'throw new Error()', 60_000)
if (broken.passed) throw new Error(`Cannot mutate: the tests in ${tests.join(', ')} do not load ${files[0]}`)
// The first run reads all modules, so that it is the longest; and a pause on a busy machine.
const limit = untouched.took * 2 + 5_000
console.log(`${files.length} files, at most ${(untouched.took / 1_000).toFixed(1)} s for each mutant`)

const survivors = []
let tried = 0
for (const file of files) {
  const path = join(root, folder, file)
  const code = readFileSync(path, 'utf8')
  const mutants = mutantsOf(path, code).filter((_, index) => index % Number(values.every) === 0)
  let killed = 0
  for (const mutant of mutants) {
    const mutated = code.slice(0, mutant.start) + mutant.text + code.slice(mutant.end)
    const { passed } = await run(path, mutated, limit)
    if (passed) {
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
stopRunner()

/** Run the tests with other code in a file. Whether they passed, which what had to be killed did not, and how long it took. */
async function run(path, code, limit) {
  runner ??= await startRunner()
  const started = performance.now()
  const passed = await new Promise((resolve) => {
    const timer = setTimeout(() => stopRunner(), limit)
    const settle = (answer) => {
      clearTimeout(timer)
      runner?.removeAllListeners()
      resolve(answer?.passed === true)
    }
    runner.once('message', settle)
    runner.once('exit', () => {
      runner = undefined
      settle()
    })
    runner.send({ path, code })
  })
  return { passed, took: performance.now() - started }
}

/** A process group of its own, so that its workers die with it. */
function startRunner() {
  const child = spawn(process.execPath, [join(root, 'scripts/mutate/runner.mjs'), ...tests], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  })
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child.removeAllListeners()))
    child.once('exit', () => reject(new Error('Cannot mutate: Vitest does not start')))
  })
}

function stopRunner() {
  if (runner?.pid) process.kill(-runner.pid, 'SIGKILL')
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
