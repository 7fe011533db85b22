import type { Environment } from '../environment.ts'
import { formatEvent, formatId } from '../wire/encode.ts'
import { formatHint, type Hint } from '../wire/hints.ts'
import type { StreamOptions } from './options.ts'
import { isHoldfastClient } from './request.ts'

const encoder = new TextEncoder()

// Bun 1.4 cuts a quiet response after 10 s unless its server is told otherwise, which only an adapter does: at 9 s between
// heartbeats a stream was cut after 36 s, at 8 s it lived.
const heartbeat = 7_000
// Cloudflare's edge cuts connections that are idle for about 100 s, and every wake-up of a Worker costs.
const ownOfWorkers = 25_000
// There a client that has left is found by writing to it, and by nothing else (workerd 1.20261117).
const longestOfWorkers = 60_000
// And what lies in between may go on reading for one that has left: then age is all that ends it.
const maxAgeOfWorkers = 3_600_000

/** Stream options with their defaults filled in; deadlines that are off are Infinity. */
export interface StreamSettings {
  heartbeat: number
  stallTimeout: number
  maxAge: number
  maxBufferedBytes: number
  /** Undefined where the client's own is better. */
  retry: number | undefined
}

/** Fill in the defaults. A reconnection time is for clients with none of their own: `connect()` has a back-off. */
export function settingsOf(options: StreamOptions, environment: Environment, request?: Request): StreamSettings {
  const [own, longest, age] = environment.requestScoped
    ? [ownOfWorkers, longestOfWorkers, maxAgeOfWorkers]
    : [heartbeat, Infinity, 0]
  return {
    heartbeat: Math.min(deadline(options.heartbeat ?? own), longest),
    stallTimeout: deadline(options.stallTimeout ?? 10_000),
    maxAge: deadline(options.maxAge ?? age),
    maxBufferedBytes: options.maxBufferedBytes ?? 1_048_576,
    retry:
      options.retry ??
      (request && isHoldfastClient(request) ? undefined : Math.round(1_000 + 3_000 * environment.random())),
  }
}

/** What a response says about itself beside its heartbeat and the time; asked anew for each hint. */
export type OwnHints = () => Hint

/** When a stream is too old that begins now. Jittered, so that the streams of one moment do not all end at another. */
export function oldAt({ maxAge }: StreamSettings, environment: Environment): number {
  return environment.now() + maxAge * (0.8 + 0.2 * environment.random())
}

/**
 * What is written when nothing else is.
 *
 * @param checkpoint - where the client is: sets its last event ID without dispatching anything
 */
export function heartbeatBytes(
  heartbeat: number,
  environment: Environment,
  own: Hint,
  checkpoint?: string,
): Uint8Array {
  const hint = formatHint({ ...clockHints(heartbeat, environment), ...own })
  return encoder.encode(checkpoint === undefined ? hint : `${hint}${formatId(checkpoint)}\n`)
}

/**
 * The first bytes of a stream. They leave at once: Bun 1.4 sends no response head before them.
 *
 * @param checkpoint - where the client is: sets its last event ID without dispatching anything
 * @throws {InvalidFieldError} `retry` is no non-negative integer
 */
export function openingBytes(
  settings: StreamSettings,
  environment: Environment,
  own: Hint = {},
  checkpoint?: string,
): Uint8Array {
  const hint = formatHint({ ...clockHints(settings.heartbeat, environment), ...own })
  return encoder.encode(hint + formatEvent({ retry: settings.retry, id: checkpoint }))
}

function clockHints(heartbeat: number, environment: Environment): Hint {
  return { heartbeat: finite(heartbeat), t: environment.wallTime() }
}

function finite(value: number): number {
  return value === Infinity ? 0 : value
}

function deadline(milliseconds: number): number {
  return milliseconds || Infinity
}
