// `npm test`, once `setup.mjs` has installed everything: each check with its heading, a summary, and the closing line
// that CI reads. Plain Node 20, no dependency.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const reports = new URL('.vitest/', root)
const inCI = process.env.CI === 'true'
// Far above what any step takes, so that one that hangs ends with a heading above it instead of with CI's limit.
const stepTimeout = 15 * 60_000

const steps = [
  { title: 'Types and build', script: 'typecheck' },
  { title: 'Lint', script: 'lint' },
  { title: 'Unused code', script: 'unused' },
  { title: 'Unit tests', script: 'test:unit', report: 'unit.json' },
  { title: 'Package tests', script: 'test:packages', report: 'packages.json' },
  { title: 'Runtime tests', script: 'test:runtimes', report: 'runtimes.json' },
  { title: 'Browser tests', script: 'test:browser', report: 'browser.json' },
]

const results = []
for (const [index, step] of steps.entries()) {
  console.log(`\n━━━ ${index + 1}/${steps.length} ${step.title} (npm run ${step.script}) ━━━\n`)
  results.push(run(step))
}
summarise(results)

function run({ title, script, report }) {
  const start = performance.now()
  const ok = npmRun(script, report ? reporterArgs(report) : [])
  const { counts, retried } = report
    ? readReport(report)
    : { counts: { passed: 0, failed: 0, skipped: 0 }, retried: [] }
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

function readReport(report) {
  try {
    const json = JSON.parse(readFileSync(new URL(report, reports), 'utf8'))
    const counts = {
      passed: json.numPassedTests,
      failed: json.numFailedTests,
      skipped: json.numPendingTests + json.numTodoTests,
    }
    return { counts, retried: json.testResults.flatMap(({ assertionResults }) => assertionResults.filter(wasRetried)) }
  } catch {
    return { counts: { passed: 0, failed: 1, skipped: 0 }, retried: [] }
  }
}

// Vitest keeps what went wrong at the first try.
function wasRetried({ status, failureMessages }) {
  return status === 'passed' && failureMessages.length > 0
}

function summarise(results) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  console.log('\n━━━ Summary ━━━\n')
  for (const { title, counts, isTest, seconds } of results) {
    for (const key of Object.keys(total)) total[key] += counts[key]
    const verdict = counts.failed > 0 ? 'FAILED' : 'ok'
    console.log(
      `${title.padEnd(18)}${verdict.padEnd(8)}${seconds.toFixed(1).padStart(7)} s  ${isTest ? closingLine(counts) : ''}`.trimEnd(),
    )
  }
  const elapsed = results.reduce((sum, { seconds }) => sum + seconds, 0)
  console.log(`${'All'.padEnd(26)}${elapsed.toFixed(1).padStart(7)} s`)
  const retried = results.flatMap((result) => result.retried)
  if (retried.length > 0) console.log('\nPassed at the second try:')
  for (const { fullName, failureMessages } of retried)
    console.log(`  ${fullName}\n    ${failureMessages[0].split('\n', 1)[0]}`)
  // A skip says that this machine lacks something. CI's machine has everything, so there it hides a test.
  const hidden = inCI && total.skipped > 0
  if (hidden) console.log(`\nFailed: ${total.skipped} skipped, and CI runs every test`)
  if (total.failed > 0 || hidden) process.exitCode = 1
  console.log(`\n${closingLine(total)}`)
}

function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
