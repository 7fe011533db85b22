// What `npm test` makes of its steps: which tests needed a second try, what is hidden, and whether the run passed.

/** Of so many the cause may be a network, a kill or a busy machine. More of them are a fault that hides behind retries. */
export const toleratedRetries = 2

/** The counts of a Vitest report, and the tests that passed at the second try. */
export function readReport(json) {
  const tests = json.testResults.flatMap(({ assertionResults }) => assertionResults)
  return {
    counts: {
      passed: json.numPassedTests,
      failed: json.numFailedTests,
      skipped: json.numPendingTests + json.numTodoTests,
    },
    retried: tests.filter(wasRetried),
  }
}

// Vitest keeps what went wrong at the first try.
function wasRetried({ status, failureMessages }) {
  return status === 'passed' && failureMessages.length > 0
}

/**
 * The summary of a run as lines, and whether it passed.
 *
 * A second try costs nothing by itself. In CI more than a few of them fail the run, and so does a skip: it says that a
 * machine lacks something, and CI's machine has everything, so that there it hides a test.
 */
export function summarise(results, { inCI }) {
  const total = { passed: 0, failed: 0, skipped: 0 }
  for (const { counts } of results) for (const key of Object.keys(total)) total[key] += counts[key]
  const elapsed = results.reduce((sum, { seconds }) => sum + seconds, 0)
  const retried = results.flatMap((result) => result.retried)
  const complaints = inCI ? complaintsOf(total, retried) : []
  return {
    ok: total.failed === 0 && complaints.length === 0,
    lines: [
      ...results.map(stepLine),
      `${'All'.padEnd(26)}${elapsed.toFixed(1).padStart(7)} s`,
      ...retriedLines(retried),
      ...complaints.flatMap((complaint) => ['', `Failed: ${complaint}`]),
      '',
      closingLine(total),
    ],
  }
}

function complaintsOf({ skipped }, retried) {
  const complaints = []
  if (skipped > 0) complaints.push(`${skipped} skipped, and CI runs every test`)
  if (retried.length > toleratedRetries)
    complaints.push(`${retried.length} passed only at the second try, and CI tolerates ${toleratedRetries}`)
  return complaints
}

function stepLine({ title, counts, isTest, seconds }) {
  const verdict = counts.failed > 0 ? 'FAILED' : 'ok'
  const line = `${title.padEnd(18)}${verdict.padEnd(8)}${seconds.toFixed(1).padStart(7)} s`
  return isTest ? `${line}  ${closingLine(counts)}` : line
}

function retriedLines(retried) {
  if (retried.length === 0) return []
  const lines = retried.map(
    ({ fullName, failureMessages }) => `  ${fullName}\n    ${failureMessages[0].split('\n', 1)[0]}`,
  )
  return ['', 'Passed at the second try:', ...lines]
}

/** What CI reads. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
