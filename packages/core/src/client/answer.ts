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

const refusals: Readonly<Record<number, LossReason>> = {
  204: 'no-content',
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  407: 'unauthorized',
  408: 'refused',
  410: 'gone',
  414: 'bad-request',
  421: 'refused',
  425: 'refused',
  429: 'refused',
  431: 'bad-request',
  501: 'no-event-stream',
}

/** The reason not to read an answer as an event stream; undefined for one that is. */
export function refusalOf({ status, headers }: Response): LossReason | undefined {
  // The essence of the content type, as in the standard's own check.
  if (status === 200 && /^\s*text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '')) return undefined
  return refusals[status] ?? (status > 499 ? 'refused' : 'no-event-stream')
}

/** Whether a reason ends the connection: at once, or when every endpoint gives one. */
export function endOf(reason: LossReason): 'at-once' | 'everywhere' | undefined {
  if (reason === 'no-content' || reason === 'unauthorized' || reason === 'forbidden') return 'at-once'
  return reason === 'bad-request' || reason === 'no-event-stream' || reason === 'gone' ? 'everywhere' : undefined
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
