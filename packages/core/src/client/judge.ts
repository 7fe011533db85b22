import { codeOf, endOf, type Loss } from './answer.ts'
import type { EndpointState } from './endpoint.ts'
import type { EndpointList } from './endpoints.ts'
import { ConnectionError } from './errors.ts'
import type { Link } from './link.ts'
import { minUptime } from './race.ts'

/** Whom a loss may concern. */
export interface Judged {
  readonly endpoints: EndpointList
  fail(error: ConnectionError): void
  exhausted(): void
  throttled(endpoint: EndpointState): void
}

/**
 * Draw the consequences of a loss: for the endpoint, or for the whole connection.
 *
 * @param once - the request must not be made again
 */
export function judge({ endpoint, purpose, uptime, answered }: Link, loss: Loss, owner: Judged, once: boolean): void {
  const { reason, status, error, retryAfter } = loss
  const fail = (code: ConnectionError['code']): void => {
    owner.fail(new ConnectionError(code, { endpoint: endpoint.url, status, cause: error }))
  }
  // An attempt that nobody depends on speaks for its endpoint only.
  const end = purpose === 'race' && endOf(reason)
  if (uptime >= minUptime) endpoint.held()
  if (end && !answered) {
    if (end === 'everywhere' && !owner.endpoints.refuse(endpoint, reason) && !once) return
    if (reason === 'no-content') owner.exhausted()
    else fail(codeOf(reason))
  } else if (once) {
    fail('not-resumable')
  } else if (reason !== 'ended' || uptime < minUptime) {
    endpoint.failed()
    if (retryAfter !== undefined) endpoint.bar(retryAfter)
    if (status === 429) owner.throttled(endpoint)
  }
}
