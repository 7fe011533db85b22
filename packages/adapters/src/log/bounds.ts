import { HoldfastError } from '@holdfast/core'

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

/** An option that means nothing. */
export class InvalidBrokerOptionError extends HoldfastError {
  readonly code = 'invalid-broker-option'
}

/** @throws {InvalidBrokerOptionError} a value is not a whole number, or too small */
export function boundsOf(options: LogOptions): LogBounds {
  return {
    maxEvents: atLeast(1, 'maxEvents', options.maxEvents ?? 10_000),
    maxAge: atLeast(0, 'maxAge', options.maxAge ?? 24 * 3_600_000),
    timeout: atLeast(1, 'timeout', options.timeout ?? 3_000),
    checkInterval: atLeast(1, 'checkInterval', options.checkInterval ?? 5_000),
  }
}

function atLeast(least: number, name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new InvalidBrokerOptionError(
    `Cannot make the broker: ${name} must be a whole number from ${least} up, got "${value}"`,
  )
}
