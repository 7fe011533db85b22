// `npm test`, once `setup.mjs` has installed everything: each check with its heading, a summary, and the closing line
// that CI reads. Plain Node 20, no dependency.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { readReport, summarise } from './summary.mjs'

const root = new URL('../', import.meta.url)
const reports = new URL('.vitest/', root)
// Far above what any step takes, so that one that hangs ends with a heading above it instead of with CI's limit.
const stepTimeout = 15 * 60_000

const steps = [
  { title: 'Types and build', script: 'typecheck' },
  { title: 'Lint', script: 'lint' },
  { title: 'Unused code', script: 'unused' },
  { title: 'Unit tests', script: 'test:unit', report: 'unit.json' },
  { title: 'Package tests', script: 'test:packages', report: 'packages.json' },
  { title: 'Outside tests', script: 'test:outside', report: 'outside.json' },
  { title: 'Light examples', script: 'test:examples-light', report: 'examples.json' },
  { title: 'Runtime tests', script: 'test:runtimes', report: 'runtimes.json' },
  { title: 'Browser tests', script: 'test:browser', report: 'browser.json' },
]

const results = []
for (const [index, step] of steps.entries()) {
  console.log(`\n━━━ ${index + 1}/${steps.length} ${step.title} (npm run ${step.script}) ━━━\n`)
  results.push(run(step))
}
const { ok, lines } = summarise(results, { inCI: process.env.CI === 'true' })
console.log(`\n━━━ Summary ━━━\n\n${lines.join('\n')}`)
if (!ok) process.exitCode = 1

function run({ title, script, report }) {
  const start = performance.now()
  const ok = npmRun(script, report ? reporterArgs(report) : [])
  const { counts, retried } = report ? reportOf(report) : { counts: { passed: 0, failed: 0, skipped: 0 }, retried: [] }
  // A failure that no test stands for: a check, or a crash outside of any test. It must not close with "0 failed".
  if (!ok && counts.failed === 0) counts.failed = 1
  return { title, counts, retried, isTest: report !== undefined, seconds: (performance.now() - start) / 1000 }
}

function npmRun(script, args) {
  const { status, signal, error } = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    cwd: fileURLToPath(root),
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: stepTimeout,
    shell: process.platform === 'win32',
  })
  if (error) console.error(`\nCannot finish npm run ${script}: ${error.message}`)
  else if (signal) console.error(`\nnpm run ${script} was ended by ${signal}`)
  return status === 0
}

function reporterArgs(report) {
  mkdirSync(reports, { recursive: true })
  // A report that an earlier run left would stand in for one that this run never wrote.
  rmSync(new URL(report, reports), { force: true })
  return ['--reporter=default', '--reporter=json', `--outputFile.json=.vitest/${report}`]
}

function reportOf(report) {
  try {
    return readReport(JSON.parse(readFileSync(new URL(report, reports), 'utf8')))
  } catch {
    return { counts: { passed: 0, failed: 1, skipped: 0 }, retried: [] }
  }
}
