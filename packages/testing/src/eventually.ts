import { setTimeout as wait } from 'node:timers/promises'

/**
 * Wait until `look` returns something that is not false or undefined, and return that.
 *
 * Vitest's `expect.poll` belongs to one current test, and so fails among concurrent ones (Vitest 5.1).
 *
 * @throws {Error} with what was last seen, when it takes too long
 */
export async function eventually<T>(
  what: string,
  look: () => T | false | undefined | Promise<T | false | undefined>,
  { within, every = 50, last }: { within: number; every?: number; last?: () => unknown },
): Promise<T> {
  const deadline = performance.now() + within
  for (;;) {
    const found = await look()
    if (found !== false && found !== undefined) return found
    if (performance.now() >= deadline)
      throw new Error(`Waited ${within} ms in vain for ${what}, last seen: ${JSON.stringify(last?.())}`)
    await wait(every)
  }
}
