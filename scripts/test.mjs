// `npm test`, once `setup.mjs` has installed everything: each check with its heading, a summary, and the closing line
// that CI reads. Plain Node 20, no dependency.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  { title: 'Packages', pack: true },
  { title: 'Package tests', script: 'test:packages', report: 'packages.json' },
  { title: 'Outside tests', script: 'test:outside', report: 'outside.json' },
  // The light examples are quiet for 35 s: beside others.
  { title: 'Runtime tests', script: 'test:runtimes', args: ['--project', 'examples'], report: 'runtimes.json' },
  { title: 'Browser tests', script: 'test:browser', report: 'browser.json' },
]

const results = []
const tarballs = mkdtempSync(join(tmpdir(), 'holdfast-tarballs-'))
for (const [index, step] of steps.entries()) {
  const command = step.pack ? 'node scripts/pack.mjs' : ['npm run', step.script, ...(step.args ?? [])].join(' ')
  console.log(`\n━━━ ${index + 1}/${steps.length} ${step.title} (${command}) ━━━\n`)
  results.push(run(step))
}
rmSync(tarballs, { recursive: true, force: true })
const { ok, lines } = summarise(results, { inCI: process.env.CI === 'true' })
console.log(`\n━━━ Summary ━━━\n\n${lines.join('\n')}`)
if (!ok) process.exitCode = 1

function run({ title, script, pack, args = [], report }) {
  const start = performance.now()
  const ok = pack ? packOnce() : npmRun(script, [...args, ...(report ? reporterArgs(report) : [])])
  const { counts, retried } = report ? reportOf(report) : { counts: { passed: 0, failed: 0, skipped: 0 }, retried: [] }
  // A failure that no test stands for: a check, or a crash outside of any test. It must not close with "0 failed".
  if (!ok && counts.failed === 0) counts.failed = 1
  return { title, counts, retried, isTest: report !== undefined, seconds: (performance.now() - start) / 1000 }
}

/** Build and pack what is published, for all steps that want it: `scripts/pack.mjs` then knows where it is. */
function packOnce() {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/pack.mjs', tarballs], {
    cwd: fileURLToPath(root),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: stepTimeout,
  })
  if (status === 0) process.env.HOLDFAST_TARBALLS = stdout
  return status === 0
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
