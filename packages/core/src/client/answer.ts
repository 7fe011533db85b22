import type { Clock } from './clock.ts'
import type { ConnectionErrorCode } from './errors.ts'
import type { LossReason } from './status.ts'

/** Why an attempt or a stream came to nothing. */
export interface Loss {
  reason: LossReason
  /** Of an answer that was no stream. */
  status?: number
  error?: unknown
  /** Milliseconds for which the endpoint asked to be left alone, or not a number. */
  retryAfter?: number
}

// Regular expressions take a number as it is written.
type Status = number & string

/** Whether other headers may do. */
export const isDenial = (status: number): boolean => /40[137]/.test(status as Status)

/** Whether the same request may do later. */
export const isTemporary = (status: number): boolean => /408|42[159]|5(?!01)../.test(status as Status)

/** What an answer ends the connection with, when it does. */
export function codeOf(status: number): ConnectionErrorCode {
  if (isDenial(status)) return status === 403 ? 'forbidden' : 'unauthorized'
  return /400|414|431/.test(status as Status) ? 'bad-request' : 'no-event-stream'
}

/** What an answer lacks to be read as an event stream; undefined for one that is. */
export function refusalOf(response: Response, clock: Clock): Loss | undefined {
  const { status, headers } = response
  // The essence of the content type, as in the standard's own check.
  if (status === 200 && /^text\/event-stream\s*(;|$)/i.test(headers.get('content-type') ?? '')) return undefined
  // Seconds, as they are written, or a date.
  const after = headers.get('retry-after') as string & number
  return { reason: 'refused', status, retryAfter: after >= 0 ? after * 1_000 : Date.parse(after) - clock.wallTime() }
}
