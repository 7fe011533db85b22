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

/**
 * Fill in the defaults.
 *
 * @throws {RangeError} for one that is negative, not a number, or longer than a timer can wait
 */
export function resolveTimeouts(timeouts: Timeouts = {}): ResolvedTimeouts {
  const resolve = (name: keyof Timeouts): number => {
    const value = timeouts[name] ?? defaults[name]
    if (value >= 0 && value <= longest) return value
    throw new RangeError(
      `Cannot serve with a timeout ${name} of "${value}": it must be from 0 to ${longest} milliseconds`,
    )
  }
  return { head: resolve('head'), body: resolve('body'), idle: resolve('idle') }
}

// Runtimes take a longer delay for none at all.
const longest = 2_147_483_647
