import { checkArgument, type RulesOf } from '@holdfast/core/adapter'

/** How long a connection may keep a server waiting, in milliseconds; `0` waits for ever. */
export interface Timeouts {
  /**
   * For the head of a request: from when the connection was accepted or, of a later one, from its first byte. Default
   * 15,000; Bun has 12,000 of its own, which nothing changes.
   */
  head?: number | undefined
  /** For the body of a request, from its head to its end. Default 120,000. On Bun up to 255,000, and until the response. */
  body?: number | undefined
  /** From one request of a connection to the next. Default 75,000, since most proxies keep theirs for 60 s. On Bun up to 255,000. */
  idle?: number | undefined
}

/** {@link Timeouts} with their defaults filled in. */
export type ResolvedTimeouts = { readonly [Name in keyof Timeouts]-?: number }

const defaults: ResolvedTimeouts = { head: 15_000, body: 120_000, idle: 75_000 }

// Runtimes take a longer delay for none at all.
const longest = 2_147_483_647

function aTimeout(given: unknown): string {
  const isOne = typeof given === 'number' && given >= 0 && given <= longest
  return isOne ? '' : `a number of milliseconds from 0 to ${longest}`
}

const rules: RulesOf<Timeouts> = { head: aTimeout, body: aTimeout, idle: aTimeout }

/**
 * Fill in the defaults.
 *
 * @throws {OptionRangeError} for one that is negative, not a number, or longer than a timer can wait
 * @throws {InvalidOptionError} there is no such timeout
 */
export function resolveTimeouts(timeouts: Timeouts = {}): ResolvedTimeouts {
  checkArgument('serve', 'options.timeouts', timeouts, rules)
  const { head = defaults.head, body = defaults.body, idle = defaults.idle } = timeouts
  return { head, body, idle }
}
