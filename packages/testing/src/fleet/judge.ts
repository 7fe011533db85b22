import { expect } from 'vitest'

/** What of `stored` is in `part` is there once, in order and without a hole. */
export function expectContiguous(part: readonly string[], stored: readonly string[], prefix: string): void {
  const found = part.filter((text) => text.startsWith(prefix))
  const from = stored.indexOf(found[0] ?? '')
  if (found.length > 0) expect(found).toEqual(stored.slice(from, from + found.length))
}
