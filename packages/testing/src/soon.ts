import { vi } from 'vitest'

/** Wait until what `look` expects holds, as for what a page shows. */
export function soon(look: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(look, { timeout: 20_000, interval: 50 })
}
