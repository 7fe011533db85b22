import type { ConnectionErrorCode } from './errors.ts'
import type { LossReason } from './status.ts'

/** Why an attempt or a stream came to nothing. */
export interface Loss {
  reason: LossReason
  status?: number | undefined
  error?: unknown
  /** Milliseconds for which the endpoint asked to be left alone. */
  retryAfter?: number | undefined
}

/** The reason not to read an answer as an event stream; undefined for one that is. */
export function refusalOf({ status, headers }: Response): LossReason | undefined {
  switch (status) {
    case 200:
      // The essence of the content type, as in the standard's own check.
      return /^\s*text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '') ? undefined : 'no-event-stream'
    case 204:
      return 'no-content'
    case 400:
    case 414:
    case 431:
      return 'bad-request'
    case 401:
    case 407:
      return 'unauthorized'
    case 403:
      return 'forbidden'
    case 408:
    case 421:
    case 425:
    case 429:
      return 'refused'
    case 410:
      return 'gone'
    default:
      return status >= 500 && status !== 501 ? 'refused' : 'no-event-stream'
  }
}

/** A reason as an error's code, for those reasons that end a connection. */
export function codeOf(reason: LossReason): ConnectionErrorCode {
  return reason === 'unauthorized' || reason === 'forbidden' || reason === 'bad-request' ? reason : 'no-event-stream'
}

/** Retry-After in milliseconds: seconds, or a date. */
export function retryAfterOf(headers: Headers, wallTime: number): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const wait = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - wallTime
  return wait > 0 ? wait : undefined
}
