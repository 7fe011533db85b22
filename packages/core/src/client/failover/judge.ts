import type { AnswerKind, Loss } from '../attempt/answer.ts'
import type { ConnectionErrorCode } from '../errors.ts'
import type { EndpointPool } from './endpoints.ts'
import type { Stream } from './stream.ts'

/** What follows from a loss, for the endpoint or for the whole connection. */
export type Consequence =
  /** The endpoint did nothing wrong. */
  | { readonly kind: 'none' }
  /** It is asked again later. */
  | { readonly kind: 'failure' }
  /** It has no stream for us: the connection fails with the code when no endpoint has. */
  | { readonly kind: 'refusal'; readonly code: ConnectionErrorCode; readonly forGood: boolean }
  /** The connection is over. */
  | { readonly kind: 'fail'; readonly code: ConnectionErrorCode }
  | { readonly kind: 'complete' }

/**
 * Judge a loss by the table of answers in docs/failover.md.
 *
 * @param isOnce - the request must not be made again
 */
export function judge(loss: Loss, stream: Stream, endpoints: EndpointPool, isOnce: boolean): Consequence {
  if (loss.reason === 'invalid') return { kind: 'refusal', code: 'invalid-endpoint', forGood: true }
  // An attempt that nobody depends on speaks for its endpoint only.
  const final = stream.purpose === 'race' && loss.kind ? judgeAnswer(loss.kind, loss.status) : undefined
  const isOdd = loss.kind === 'no-stream' && endpoints.isOdd(stream.endpoint)
  if (final && !isOdd) return isOnce && final.kind === 'refusal' ? { kind: 'fail', code: final.code } : final
  if (isOnce) return { kind: 'fail', code: 'not-resumable' }
  return loss.reason === 'ended' && !stream.isYoung ? { kind: 'none' } : { kind: 'failure' }
}

function judgeAnswer(kind: AnswerKind, status: number | undefined): Consequence | undefined {
  switch (kind) {
    case 'no-content':
      return { kind: 'complete' }
    case 'denied':
      return { kind: 'fail', code: status === 403 ? 'forbidden' : 'unauthorized' }
    case 'bad-request':
      return { kind: 'refusal', code: 'bad-request', forGood: false }
    case 'gone':
      return { kind: 'refusal', code: 'no-event-stream', forGood: true }
    case 'no-stream':
      return { kind: 'refusal', code: 'no-event-stream', forGood: false }
    case 'temporary':
    case 'stream':
      return undefined
  }
}
