import type { Environment } from '../../environment.ts'
import type { DeadlineWheel } from '../../fanout/deadlines.ts'
import type { TopicSubscription } from '../topic-subscription.ts'
import type { RunLog } from './slots.ts'

/** What a run, or whoever stops one, needs of its hub for its topic. */
export interface RunParts {
  log: RunLog
  subscription: TopicSubscription
  /** Whether anybody reads the topic. */
  hasReaders(): Promise<boolean>
  /** The hub closes. */
  closing: AbortSignal
  environment: Environment
  wheel: DeadlineWheel
  onError(error: unknown): void
}

/** Milliseconds. */
export const defaultLease = 15_000

/**
 * Part of a lease. A producer renews it every third. After two without a sign it is taken over by who can go on; after
 * the whole, whoever reads ends the topic: never before the other had his chance.
 */
export const renewal: number = 1 / 3
export const succession: number = 2 / 3
export const failure = 1

/** A nonce of 8 base-36 digits. */
export function newNonce(chance: { random(): number }): string {
  return Math.floor(chance.random() * 36 ** 8)
    .toString(36)
    .padStart(8, '0')
}
