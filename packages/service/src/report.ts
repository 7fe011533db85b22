import { type Problem, problemOf } from './problem.ts'
import type { Tally } from './tally.ts'

/** Find out what an error looks like from outside, count it, and tell the operator where it is the server's fault. */
export type Report = (error: unknown, request: Request) => Problem

/** Build it. A problem of 500 is always reported; one of 503, which the server knows, by its cause where it has one. */
export function createReport(tally: Tally, onError: (error: unknown, request: Request) => void): Report {
  return (error, request) => {
    const problem = problemOf(error)
    const cause = error instanceof Error ? error.cause : undefined
    tally.error(problem.code)
    if (problem.status === 500) onError(error, request)
    else if (problem.status > 500 && cause !== undefined) onError(cause, request)
    return problem
  }
}
