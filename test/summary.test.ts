import { describe, expect, it } from 'vitest'
// @ts-expect-error -- plain Node 20 runs it before anything is installed, so it has no types
import { readReport, summarise, toleratedRetries } from '../scripts/summary.mjs'

interface Step {
  title: string
  counts: { passed: number; failed: number; skipped: number }
  retried: { fullName: string; failureMessages: string[] }[]
  isTest: boolean
  seconds: number
}

function step(counts: Partial<Step['counts']>, retries = 0): Step {
  const retried = Array.from({ length: retries }, (_, index) => ({
    fullName: `flaky ${index}`,
    failureMessages: ['Error: too late\n    at somewhere'],
  }))
  return {
    title: 'Runtime tests',
    counts: { passed: 10, failed: 0, skipped: 0, ...counts },
    retried,
    isTest: true,
    seconds: 1.5,
  }
}

function judge(steps: Step[], inCI: boolean): { ok: boolean; text: string } {
  const { ok, lines } = summarise(steps, { inCI }) as { ok: boolean; lines: string[] }
  return { ok, text: lines.join('\n') }
}

describe('a second try', () => {
  it('is listed with what the first one said, and costs nothing', () => {
    const { ok, text } = judge([step({}, 1)], true)
    expect(ok).toBe(true)
    expect(text).toContain('Passed at the second try:\n  flaky 0\n    Error: too late\n')
  })

  it('fails the run in CI where there are more than two in all steps, and says so', () => {
    expect(judge([step({}, 1), step({}, 1)], true).ok).toBe(true)
    const { ok, text } = judge([step({}, 1), step({}, 2)], true)
    expect({ ok, tolerated: toleratedRetries as number }).toEqual({ ok: false, tolerated: 2 })
    expect(text).toContain('Failed: 3 passed only at the second try')
    expect(text).toMatch(/\n20 passed, 0 failed$/)
  })

  it('fails no run on a machine of a developer', () => {
    expect(judge([step({}, 9)], false).ok).toBe(true)
  })
})

it('a skip fails the run in CI only', () => {
  expect(judge([step({ skipped: 1 })], false)).toMatchObject({ ok: true })
  const { ok, text } = judge([step({ skipped: 1 })], true)
  expect(ok).toBe(false)
  expect(text).toContain('Failed: 1 skipped, and CI runs every test')
})

it('a failure fails the run everywhere', () => {
  const { ok, text } = judge([step({}), step({ failed: 1 })], false)
  expect(ok).toBe(false)
  expect(text).toMatch(/FAILED .*\n.*\n\n20 passed, 1 failed$/)
})

it("Vitest's report: only what passed in the end counts as retried", () => {
  const report = {
    numPassedTests: 2,
    numFailedTests: 1,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [
      {
        assertionResults: [
          { fullName: 'good', status: 'passed', failureMessages: [] },
          { fullName: 'flaky', status: 'passed', failureMessages: ['Error: once'] },
        ],
      },
      { assertionResults: [{ fullName: 'bad', status: 'failed', failureMessages: ['Error: twice'] }] },
    ],
  }
  expect(readReport(report)).toEqual({
    counts: { passed: 2, failed: 1, skipped: 2 },
    retried: [report.testResults[0]?.assertionResults[1]],
  })
})
