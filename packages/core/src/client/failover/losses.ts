import type { AnswerKind, Loss } from '../attempt/answer.ts'
import { refusedFor } from '../constants.ts'
import type { ConnectionErrorCode } from '../errors.ts'
import type { EndpointPool } from './endpoints.ts'
import type { Stream } from './stream.ts'

/** How the whole connection ends. */
export type Ending = 'no-content' | ConnectionErrorCode

/** What follows from an answer that is no stream. */
interface Refusal {
  ending: Ending
  /** Whether one endpoint is enough; otherwise all must say so. */
  isFinal?: boolean
  /** The endpoint is not asked again. */
  isForGood?: boolean
}

/** The table of answers in docs/failover.md: what is not in it may do later. */
const refusals: Partial<Record<AnswerKind, Refusal>> = {
  'no-content': { ending: 'no-content', isFinal: true },
  unauthorized: { ending: 'unauthorized', isFinal: true },
  forbidden: { ending: 'forbidden', isFinal: true },
  'bad-request': { ending: 'bad-request' },
  gone: { ending: 'no-event-stream', isForGood: true },
  'no-stream': { ending: 'no-event-stream' },
}

/**
 * Let an endpoint bear the consequences of a loss.
 *
 * @param isOnce - the request must not be made again
 * @returns how the connection ends, if that is one of them
 */
export function settleLoss(loss: Loss, stream: Stream, endpoints: EndpointPool, isOnce: boolean): Ending | undefined {
  const { endpoint } = stream
  if (!stream.isYoung) endpoint.failuresInARow = 0
  // What a server says of its reconnection time is a minimum, and for itself only.
  if (endpoint.reconnectionTime > 0) endpoints.bar(endpoint, endpoint.reconnectionTime)
  const refusal = refusalOf(loss, stream, endpoints)
  if (refusal) return refuse(refusal, stream, endpoints, isOnce)
  if (isOnce) return 'not-resumable'
  if (loss.reason === 'ended' && !stream.isYoung) return undefined
  endpoints.failed(endpoint)
  if (loss.reason === 'timeout' || loss.reason === 'buffered') endpoints.hung(endpoint)
  if (loss.retryAfter) endpoints.bar(endpoint, loss.retryAfter)
  return undefined
}

function refusalOf(
  { reason, kind }: Loss,
  { endpoint, purpose }: Stream,
  endpoints: EndpointPool,
): Refusal | undefined {
  if (reason === 'invalid') return { ending: 'invalid-endpoint', isForGood: true }
  // An attempt that nobody depends on speaks for its endpoint only.
  if (!kind || purpose !== 'race') return undefined
  return kind === 'no-stream' && endpoints.isOdd(endpoint) ? undefined : refusals[kind]
}

function refuse(
  { ending, isFinal, isForGood }: Refusal,
  { endpoint }: Stream,
  endpoints: EndpointPool,
  isOnce: boolean,
): Ending | undefined {
  endpoints.refused(endpoint, refusedFor)
  if (isForGood) endpoints.remove(endpoint)
  return isFinal || isOnce || endpoints.areAllRefused ? ending : undefined
}
