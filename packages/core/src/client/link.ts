import type { Position } from '../wire/position.ts'
import { idOf } from './accepted.ts'
import { type Loss, refusalOf } from './answer.ts'
import { createTimer, type Timer } from './clock.ts'
import type { Connection } from './connection.ts'
import { headTimeout, idleAfter, minUptime, onceTimeout, suspectAfter } from './constants.ts'
import type { EndpointState } from './endpoints.ts'
import { doubted, leave, relieve } from './failover.ts'
import { closed } from './loss.ts'
import { read } from './read.ts'
import { ask, cancel } from './request.ts'
import type { MoveReason } from './status.ts'
import type { ConnectionGap } from './types.ts'

/** What an attempt is for: the stream that delivers, one more beside it, or a voluntary move. */
export type Purpose = 'race' | 'standby' | 'full' | 'shed' | 'preferred' | 'slow'

/** One attempt, and the stream that it becomes: connecting → open → live → closed. */
export interface Link {
  readonly endpoint: EndpointState
  readonly purpose: Purpose
  readonly standby: boolean
  /** The head was valid. Also true after it was closed. */
  open?: boolean
  closed?: boolean
  /** Silent for longer than announced. */
  suspect?: boolean
  /** Why another stream is to replace it. It is read on until that one is live. */
  leaving?: MoveReason | undefined
  /** Its server goes away. */
  drain?: boolean
  /** Whether it brought anything new. */
  useful?: boolean
  /** Whether events can be expected from it for some time to come. */
  readonly healthy: boolean
  /** Whether it is too young to stand for a working server, or was never open. */
  readonly young: boolean
  asked: number
  since: number
  /** Those of the application, as they were sent. */
  headers?: Headers
  reader?: ReadableStreamDefaultReader<Uint8Array>
  /** What it resumes from. */
  readonly lastEventId: string
  readonly abort: AbortController
  /** What it covers: everything after these positions, by topic key. */
  readonly base: Map<string, Position>
  /** Topics of which it brought events that were dropped because another stream was to bring them. */
  readonly dropped: Set<string>
  /** Why events are missing before `base`. */
  reason: ConnectionGap['reason']
  /** For what is to be heard: the head of the answer, the first byte after it, then anything. */
  readonly silence: Timer
  /** To close it after a time. */
  readonly retire: Timer
  /** To say what was consumed. */
  acknowledge?: Timer
  heard(): void
  /** Something is to be heard at least this often; 0 where that was not announced. */
  expect(heartbeat: number): void
  /** There is evidence that it is dead. */
  doubt(): void
  close(loss?: Loss): void
}

/** Begin an attempt. */
export function dial(connection: Connection, endpoint: EndpointState, purpose: Purpose): void {
  const { options } = connection
  const standby = purpose === 'standby'
  const { idleTimeout = 0, connectTimeout = connection.once ? onceTimeout : headTimeout } = options
  // Without an announcement, what the application asked for is the whole of the patience.
  const idle = idleTimeout / idleAfter
  let interval = idle
  let heardAt = 0
  let live = false

  const link: Link = {
    endpoint,
    purpose,
    standby,
    asked: 0,
    since: Infinity,
    lastEventId: idOf(connection),
    abort: new AbortController(),
    base: new Map(standby ? [] : connection.accepted),
    dropped: new Set(),
    reason: 'missed',
    silence: createTimer(connection.clock, listen),
    retire: createTimer(connection.clock, () =>
      link === connection.primary ? leave(connection, link, 'drain') : link.close(),
    ),
    get healthy() {
      return !!link.open && !link.suspect && !link.leaving
    },
    get young() {
      return connection.clock.now() - link.since < minUptime
    },
    heard() {
      const { suspect } = link
      heardAt = connection.clock.now()
      link.suspect = false
      if (!live) {
        live = true
        link.silence()
        relieve(connection, link)
      }
      // Put off when it fires, not with each byte.
      if (!link.silence.due) listen()
      if (suspect) doubted(connection, link)
    },
    expect(heartbeat) {
      interval = connection.options.idleTimeout === 0 ? 0 : heartbeat || idle
      link.silence()
      listen()
    },
    doubt() {
      if (!live || link.suspect) return
      link.suspect = true
      doubted(connection, link)
      listen()
    },
    close(loss) {
      if (link.closed) return
      link.closed = true
      link.silence()
      link.retire()
      link.acknowledge?.()
      link.abort.abort()
      // A fetch that is not the platform's may not look at the signal.
      cancel(link.reader)
      closed(connection, link, loss)
    },
  }

  function listen(): void {
    const wait = heardAt + interval * (link.suspect ? idleAfter : suspectAfter) - connection.clock.now()
    if (!live) return link.close({ reason: link.open ? 'buffered' : 'timeout' })
    if (!interval || link.closed) return
    // At least 1 ms: a difference that rounding made must not be waited for again and again.
    if (wait > 0) link.silence(Math.max(wait, 1))
    else if (link.suspect) link.close({ reason: 'idle' })
    else link.doubt()
  }

  connection.links.add(link)
  if (connectTimeout) link.silence(connectTimeout)
  void run(connection, link)
}

async function run(connection: Connection, link: Link): Promise<void> {
  try {
    const response = await ask(connection, link)
    // It may be closed by now, whatever the signal did about it.
    const loss: Loss | undefined = link.closed ? { reason: 'network' } : refusalOf(response, connection.clock)
    if (!loss) return await read(connection, link, response)
    cancel(response.body)
    link.close(loss)
  } catch (error) {
    link.close({ reason: 'network', error })
  }
}
