import type { Loss } from '../attempt/answer.ts'
import { refusedFor } from '../constants.ts'
import type { ConnectionErrorCode } from '../errors.ts'
import type { EndpointPool } from './endpoints.ts'
import type { Stream } from './stream.ts'

/** How the whole connection ends. */
export type Ending = 'no-content' | ConnectionErrorCode

/** Why an endpoint is not to be asked again soon. */
type Refusal = Ending | 'gone'

/** Of these one endpoint is enough; of others all must say so. */
const finals: ReadonlySet<Refusal> = new Set(['no-content', 'unauthorized', 'forbidden'])

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

// What the table in docs/failover.md has no ending for may do later.
function refusalOf(
  { reason, kind }: Loss,
  { endpoint, purpose }: Stream,
  endpoints: EndpointPool,
): Refusal | undefined {
  if (reason === 'invalid') return 'invalid-endpoint'
  // An attempt that nobody depends on speaks for its endpoint only.
  if (purpose !== 'race' || kind === 'temporary') return undefined
  return kind === 'no-event-stream' && endpoints.isOdd(endpoint) ? undefined : kind
}

function refuse(refusal: Refusal, { endpoint }: Stream, endpoints: EndpointPool, isOnce: boolean): Ending | undefined {
  endpoints.refused(endpoint, refusedFor)
  if (refusal === 'gone' || refusal === 'invalid-endpoint') endpoints.remove(endpoint)
  if (!finals.has(refusal) && !isOnce && !endpoints.areAllRefused) return undefined
  return refusal === 'gone' ? 'no-event-stream' : refusal
}
