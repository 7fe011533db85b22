import { type RulesOf, wholeFrom } from '@holdfast/core/adapter'

/** How much a broker keeps, and how long it waits. */
export interface LogOptions {
  /** Events a topic keeps, at least; a few hundred more may stay. Default 10,000. */
  maxEvents?: number | undefined
  /** Milliseconds an event is kept. Default 24 hours; 0 keeps events however old they are. */
  maxAge?: number | undefined
  /** Milliseconds the engine has for an answer, a new connection included. Default 3,000. */
  timeout?: number | undefined
  /** Milliseconds between looks at what wake-ups may have missed. Default 5,000. */
  checkInterval?: number | undefined
}

/** {@link LogOptions} with nothing left open. */
export interface LogBounds {
  maxEvents: number
  maxAge: number
  timeout: number
  checkInterval: number
}

/** What {@link LogOptions} may be. */
export const logRules: RulesOf<LogOptions> = {
  maxEvents: wholeFrom(1),
  maxAge: wholeFrom(0),
  timeout: wholeFrom(1),
  checkInterval: wholeFrom(1),
}

/** Fill in the defaults. */
export function boundsOf(options: LogOptions): LogBounds {
  return {
    maxEvents: options.maxEvents ?? 10_000,
    maxAge: options.maxAge ?? 24 * 3_600_000,
    timeout: options.timeout ?? 3_000,
    checkInterval: options.checkInterval ?? 5_000,
  }
}
