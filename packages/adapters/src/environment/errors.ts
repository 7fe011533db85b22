import { HoldfastError } from '@holdfast/core'

/** The environment names two engines, or something that is none. */
export class EngineChoiceError extends HoldfastError {
  readonly code = 'engine-choice'
}

/** The package of the chosen engine's client is not installed. */
export class EngineMissingError extends HoldfastError {
  readonly code = 'engine-missing'
}

/** The chosen engine cannot be reached, or refuses: `cause` says why. */
export class EngineUnreachableError extends HoldfastError {
  readonly code = 'engine-unreachable'
}
