import { tokensOf } from './auth/authorize.ts'
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

/** Write an error to the console, unless what the request brought as a token is in it: then what can be said without. */
export function logWithoutTokens(error: unknown, request: Request): void {
  const text = textOf(error)
  const tokens = tokensOf(request).filter((token) => text.includes(token))
  if (tokens.length === 0) console.error(error)
  else console.error(tokens.reduce((redacted, token) => redacted.replaceAll(token, '[token]'), text))
}

// A chain of causes may lead back to itself.
const deepestCause = 5

// All that a console would show: what was thrown, what the runtime put on it, such as the `input` of a URL, and its cause.
function textOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error)
  const own = Object.entries(error).map(([name, value]) => `${name}: ${String(value)}`)
  const cause = error.cause === undefined || depth === deepestCause ? [] : [`cause: ${textOf(error.cause, depth + 1)}`]
  return [error.stack ?? String(error), ...own, ...cause].join('\n')
}
