import type { HoldfastError } from './errors.ts'

/**
 * An argument or an option is of another kind than what is wanted, or there is no such option: it was misspelt, say. A
 * `TypeError`, as the web's own functions throw, and also `instanceof HoldfastError`.
 */
export class InvalidOptionError extends TypeError implements HoldfastError {
  readonly code = 'invalid-option'
  /** @internal */
  readonly isHoldfastError = true
}

/** A number that an option cannot be. A `RangeError`, and also `instanceof HoldfastError`. */
export class OptionRangeError extends RangeError implements HoldfastError {
  readonly code = 'option-range'
  /** @internal */
  readonly isHoldfastError = true
}
