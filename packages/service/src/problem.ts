import { HoldfastError } from '@holdfast/core'
import { retryAfter } from '@holdfast/core/adapter'
import { Refused } from './refused.ts'

/** A response of RFC 9457 (problem details), with the error's `code` as an extension member. */
export interface Problem {
  status: number
  code: string
  detail?: string | undefined
  headers?: Record<string, string> | undefined
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** What the core's errors mean to an HTTP client. One that is not listed is a fault of the server. */
export const statusOfCode: Readonly<Record<string, number>> = {
  'invalid-topic': 400,
  'invalid-field': 400,
  'topic-count': 400,
  'topic-key-collision': 400,
  'topics-full': 503,
  'hub-closed': 503,
  'broker-closed': 503,
  'broker-unavailable': 503,
  // Of runs, streams and parsers that the service does not use itself: an application's own broker or auth may.
  'run-superseded': 500,
  'hub-scope': 500,
  'stream-closed': 500,
  'event-too-large': 500,
}

/**
 * What an error looks like from outside. The message goes out only where the client caused the error and the message is
 * about its request; of anything else, at most the code.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return asProblem(error)
  if (!(error instanceof HoldfastError)) return { status: 500, code: 'internal' }
  const status = statusOfCode[error.code] ?? 500
  if (status === 503) return { status, code: error.code, headers: retryAfter() }
  return { status, code: error.code, detail: status < 500 ? error.message : undefined }
}

/** Write a problem as a response. */
export function toResponse({ status, code, detail, headers }: Problem): Response {
  const body = { type: 'about:blank', title: titles[status] ?? 'Error', status, code, detail }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })
}

function asProblem({ status, code, message, headers }: Refused): Problem {
  return { status, code, detail: message, headers }
}
