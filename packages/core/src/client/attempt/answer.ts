import { isEventStream } from '../../wire/content-type.ts'
import type { LossReason } from '../status.ts'

/** What an answer means for the endpoint that gave it: where all say so, also how the connection ends. */
export type AnswerKind =
  | 'stream'
  /** The server wants nobody to come back. */
  | 'no-content'
  /** Other headers may do. */
  | 'unauthorized'
  | 'forbidden'
  /** The request itself is at fault. */
  | 'bad-request'
  /** The same request may do later. */
  | 'temporary'
  /** There is no stream any more. */
  | 'gone'
  /** There is no stream. */
  | 'no-event-stream'

/** Why an attempt, or the stream that it became, came to nothing. */
export interface Loss {
  reason: LossReason
  /** Of an answer that was no stream. */
  kind?: Exclude<AnswerKind, 'stream'>
  status?: number
  error?: unknown
  /** Milliseconds for which the endpoint asked to be left alone. */
  retryAfter?: number
}

/** The table of answers, as docs/failover.md has it. Of others, those from 500 on are temporary. */
const kinds: Readonly<Record<number, AnswerKind>> = {
  204: 'no-content',
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  407: 'unauthorized',
  408: 'temporary',
  410: 'gone',
  414: 'bad-request',
  421: 'temporary',
  425: 'temporary',
  429: 'temporary',
  431: 'bad-request',
  501: 'no-event-stream',
}

export function kindOf({ status, headers }: Response): AnswerKind {
  if (status === 200 && isEventStream(headers.get('content-type'))) return 'stream'
  return kinds[status] ?? (status >= 500 ? 'temporary' : 'no-event-stream')
}

/** What an answer lacks to be read as an event stream; undefined for one that is. */
export function refusalOf(response: Response, wallTime: number): Loss | undefined {
  const kind = kindOf(response)
  if (kind === 'stream') return undefined
  const retryAfter = retryAfterOf(response.headers.get('retry-after'), wallTime)
  return { reason: 'refused', kind, status: response.status, ...(retryAfter > 0 && { retryAfter }) }
}

// Seconds, or a date. Source: RFC 9110, section 10.2.3.
function retryAfterOf(value: string | null, wallTime: number): number {
  if (value === null) return 0
  return /^\s*\d+\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - wallTime
}
