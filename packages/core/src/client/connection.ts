import type { Hint } from '../wire/hints.ts'
import type { Position } from '../wire/position.ts'
import type { Clock } from './clock.ts'
import type { Consumer } from './consumer.ts'
import type { EndpointList } from './endpoints.ts'
import { ConnectionError, type ConnectionErrorCode, type ConnectionErrorDetails } from './errors.ts'
import type { Link } from './link.ts'
import type { EntryQueue } from './queue.ts'
import type { Race } from './race.ts'
import type { Redundancy } from './redundancy.ts'
import { safely } from './safely.ts'
import type { ConnectionCloseReason, Status } from './status.ts'
import type { ConnectOptions } from './types.ts'

/** What the parts of one connection know of each other: its state, its parts, and what they ask of it. */
export interface Connection {
  options: ConnectOptions
  readonly clock: Clock
  endpoints: EndpointList
  /** The request must not be made again. */
  once: boolean
  /** Whether a server spoke of itself as only ours do. */
  hints: boolean
  closed: boolean
  status: Status
  /** All attempts and streams that are not closed. */
  readonly links: Set<Link>
  /** The stream that delivers: its events count where they cannot be compared. */
  primary: Link | undefined
  /** Where events came from last. */
  from: string | undefined

  /** The highest position accepted, by topic key. Empty where ids are no positions, so that streams must not overlap. */
  readonly accepted: Map<string, Position>
  /** Names of topics by key, as far as servers told them. */
  readonly names: Map<string, string>
  /** Which stream brought an id that is no position. */
  readonly opaque: Map<string, Link>
  /** The last id that is no position. */
  lastEventId: string

  readonly queue: EntryQueue
  readonly consumer: Consumer
  readonly race: Race
  readonly redundancy: Redundancy
  /** Look at a hint of the stream that delivers. */
  hinted(link: Link, hint: Hint): void
  readonly listeners: Set<[listener: (status: Status) => void]>
  /** Nothing more will be consumed. Ends what would outlive the connection: its listeners to others. */
  readonly over: AbortController
}

/** Say what the connection is doing. */
export function say(connection: Connection, state: Status['state'], endpoint?: string, details?: object): void {
  // A listener to what was said before may have closed it.
  if (connection.status?.state === 'closed') return
  const status = { state, endpoint, ...details } as Status
  if (state !== 'standby') connection.status = status
  for (const [listener] of connection.listeners) void safely(listener, status)
}

/** Say that an additional connection is open, or not any more. */
export const tell = (connection: Connection, { endpoint, purpose: mode }: Link, open: boolean): void =>
  say(connection, 'standby', endpoint.url, { mode, open })

/** @param discard - what was not consumed will not be wanted */
export function finish(
  connection: Connection,
  reason: ConnectionCloseReason,
  discard = false,
  error?: ConnectionError,
): void {
  connection.queue.close(discard)
  if (discard) connection.consumer.close()
  if (connection.closed) return
  connection.closed = true
  connection.race.stop()
  connection.redundancy.stop()
  for (const link of connection.links) link.close()
  say(connection, 'closed', undefined, { reason, error })
}

/** End with an error that the iteration throws. */
export function fail(connection: Connection, code: ConnectionErrorCode, details: ConnectionErrorDetails): void {
  if (connection.over.signal.aborted) return
  const error = new ConnectionError(code, details)
  connection.consumer.failures[0] ??= error
  finish(connection, 'failed', code === 'invalid-event', error)
}
