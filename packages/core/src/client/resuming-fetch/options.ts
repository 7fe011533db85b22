import type { RulesOf } from '../../check-options.ts'
import { callback, duration } from '../../option-rules.ts'
import { connectOptions } from '../connect-rules.ts'
import type { ConnectOptions, Endpoints } from '../types.ts'

/** Options of `resumingFetch()`. Those that it shares with `connect()` mean the same. Durations are milliseconds. */
export interface ResumingFetchOptions extends Pick<
  ConnectOptions,
  'fetch' | 'redundancy' | 'idleTimeout' | 'connectTimeout' | 'backoff' | 'maxEventBytes' | 'onGap'
> {
  /** Where else the stream at `url` can be had, in a GET: servers that share its log. Default nowhere. */
  endpoints?: ((url: string) => Endpoints) | undefined
  /** How long to look for a stream that goes on, until the body fails with `gave-up`. Default 60,000; 0 for no limit. */
  giveUpAfter?: number | undefined
}

const { fetch, redundancy, idleTimeout, connectTimeout, backoff, maxEventBytes, onGap } = connectOptions

/** What {@link ResumingFetchOptions} may be. */
export const resumingOptions: RulesOf<ResumingFetchOptions> = {
  fetch,
  redundancy,
  idleTimeout,
  connectTimeout,
  backoff,
  maxEventBytes,
  onGap,
  endpoints: callback,
  giveUpAfter: duration,
}
