import { amount, duration, type Rule, type RulesOf } from '@holdfast/core/adapter'
import type { LogLimits } from '../sql/kept.ts'

/** How much history a file keeps, and what survives a power cut. */
export interface SqliteBrokerOptions {
  /** Events a topic. Up to an eighth more may be there before they are dropped. Default 10,000. */
  maxEvents?: number | undefined
  /** Milliseconds. Default 24 hours; 0 keeps events however old they are. */
  maxAge?: number | undefined
  /**
   * Bytes of the file that hold something; the oldest events of all topics are dropped above. Default 1 GiB. The
   * write-ahead log beside the file takes up to 64 MiB more.
   */
  maxBytes?: number | undefined
  /**
   * `full` (default): what was acknowledged survives a power cut, by one fsync for all that is published in one turn of
   * the event loop. `normal`: no fsync; it survives a killed process, a power cut may take the last events.
   */
  synchronous?: 'full' | 'normal' | undefined
  /** Milliseconds that a publish waits while another process holds the file's lock. Default 5,000. */
  lockTimeout?: number | undefined
}

export const sqliteOptions: RulesOf<SqliteBrokerOptions> = {
  maxEvents: amount,
  maxAge: duration,
  maxBytes: amount,
  synchronous: ['full', 'normal'],
  lockTimeout: duration,
}

// SQLite takes the empty name for a file that is gone once it is closed.
export const aPath: Rule = (given) => (typeof given === 'string' && given !== '' ? '' : 'the path of a file')

/** The options with their defaults filled in; Infinity for no bound. */
export interface ResolvedOptions {
  /** Of one topic: the bound in bytes is the whole file's. */
  limits: LogLimits
  maxBytes: number
  synchronous: 'full' | 'normal'
  lockTimeout: number
}

export function resolveOptions(options: SqliteBrokerOptions): ResolvedOptions {
  return {
    limits: {
      maxEvents: options.maxEvents ?? 10_000,
      maxBytes: Infinity,
      maxAge: (options.maxAge ?? 86_400_000) || Infinity,
    },
    maxBytes: options.maxBytes ?? 1_073_741_824,
    synchronous: options.synchronous ?? 'full',
    lockTimeout: options.lockTimeout ?? 5_000,
  }
}
