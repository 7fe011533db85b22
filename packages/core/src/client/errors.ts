import { HoldfastError } from '../errors.ts'

/** Why a connection ended for good. */
export type ConnectionErrorCode =
  /** 401 or 407, also with the headers that the provider gave when asked again. */
  | 'unauthorized'
  /** 403, and the provider had no other headers to offer. */
  | 'forbidden'
  /** Every endpoint refused the request as such, with 400, 414 or 431: the last event ID may be too long or damaged. */
  | 'bad-request'
  /** Every endpoint says that there is no event stream (404, 405, 406, 410, 501, another content type). */
  | 'no-event-stream'
  /** No endpoint can ever be asked: fetch refuses the request, or gives a body that is no stream. `cause` says why. */
  | 'invalid-endpoint'
  /** The server said that the source of the events broke off. */
  | 'source-failed'
  /** A request that must not be repeated was cut, or failed in a way that leaves open whether the server acted on it. */
  | 'not-resumable'
  /** An event's data is not JSON, or the schema refused it: `cause` has the error or the issues. */
  | 'invalid-event'
  /** `resumingFetch` alone: events are missing in the middle of a body. `cause` is the gap. */
  | 'gap'
  /** `resumingFetch` alone: no endpoint had the stream for `giveUpAfter`. `cause` is the last loss. */
  | 'gave-up'
  /** `store.get` failed, so where to resume from is not known. */
  | 'store-failed'

/** What an error has to do with. */
export interface ConnectionErrorDetails extends ErrorOptions {
  endpoint?: string | undefined
  status?: number | undefined
}

/** A connection ended for good. Thrown by the iteration, after the events that came before it; also in the `closed` status. */
export class ConnectionError extends HoldfastError {
  readonly code: ConnectionErrorCode
  /** The URL that answered last, as it was given to `connect()`. */
  readonly endpoint: string | undefined
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined

  constructor(code: ConnectionErrorCode, { endpoint, status, cause }: ConnectionErrorDetails = {}) {
    super(messageOf(code, endpoint, status), cause === undefined ? undefined : { cause })
    this.code = code
    this.endpoint = endpoint
    this.status = status
  }
}

function messageOf(code: ConnectionErrorCode, endpoint: string | undefined, status: number | undefined): string {
  const to = endpoint === undefined ? '' : ` to ${withoutSecrets(endpoint)}`
  return `Cannot keep the connection${to}: ${code}${status === undefined ? '' : ` (status ${status})`}`
}

// Messages end in logs, and queries and credentials are no business of theirs.
function withoutSecrets(endpoint: string): string {
  const { protocol, host, pathname, search } = new URL(endpoint)
  return `${protocol}//${host}${pathname}${search && '?…'}`
}
