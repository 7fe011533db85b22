import { chromium as chromiumRuntime, type ClientRuntime, scriptRuntime } from '../client-contract/runtimes.ts'

/** Deno, which has an EventSource of its own. */
export const deno: ClientRuntime = scriptRuntime('Deno', 'deno', new URL('./entries/process.ts', import.meta.url))

export function chromium(path: string): ClientRuntime {
  return chromiumRuntime(path, new URL('./entries/page.ts', import.meta.url))
}
