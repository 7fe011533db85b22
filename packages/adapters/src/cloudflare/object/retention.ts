import { amount, checkOptions, duration, type RulesOf } from '@holdfast/core/adapter'

/** How much of a topic its object keeps. */
export interface HistoryLimits {
  /** Events. Up to an eighth more may be there before a trim. Default 1,000. */
  maxEvents?: number | undefined
  /** Characters of packed events. The newest are kept even if they are more. Default 8 Mi; an object can store 10 GB. */
  maxBytes?: number | undefined
  /** Milliseconds; an alarm drops what is older. Default 10 minutes; 0 keeps events however old they are. */
  maxAge?: number | undefined
  /**
   * Milliseconds after which a topic without events and subscribers gives its storage back, and begins a later epoch if
   * it is used again. Default 7 days; 0 keeps it: an empty object costs 12 KB of storage.
   */
  forgetAfter?: number | undefined
}

/** Every limit, with its default filled in; Infinity for none. */
export type ResolvedHistoryLimits = { [Limit in keyof HistoryLimits]-?: number }

const historyLimits: RulesOf<HistoryLimits> = {
  maxEvents: amount,
  maxBytes: amount,
  maxAge: duration,
  forgetAfter: duration,
}

/** @throws {InvalidOptionError} @throws {OptionRangeError} */
export function resolveLimits(limits: HistoryLimits): ResolvedHistoryLimits {
  checkOptions('history', limits, historyLimits)
  const { maxEvents, maxBytes, maxAge, forgetAfter } = limits
  return {
    maxEvents: maxEvents ?? 1_000,
    maxBytes: maxBytes ?? 8 * 1_048_576,
    maxAge: (maxAge ?? 600_000) || Infinity,
    forgetAfter: (forgetAfter ?? 7 * 86_400_000) || Infinity,
  }
}
