import { anything, checkArgument, duration, having, type RulesOf, text, wholeFrom } from '@holdfast/core/adapter'
import type { CloseOptions, ServeOptions } from './serve.ts'

function aHandler(given: unknown): string {
  return typeof given === 'function' ? '' : 'a function, (request) => Response: of an app its fetch, such as app.fetch'
}

const serveOptions: RulesOf<ServeOptions> = {
  fetch: aHandler,
  port: wholeFrom(0, 65_535),
  hostname: text,
  tls: { key: text, cert: text },
  // Looked at where they are resolved.
  timeouts: anything,
}

/** What the options of `close` may be. */
export const closeOptions: RulesOf<CloseOptions> = { hub: having('a hub', 'drain', 'close'), within: duration }

/** @throws {InvalidOptionError} @throws {OptionRangeError} */
export function checkServe(options: ServeOptions<never>): void {
  checkArgument('serve', 'options', options, serveOptions)
  checkHandler('serve', options.fetch)
}

/** @throws {InvalidOptionError} it is no fetch handler: an app, say, of which its `fetch` is one */
export function checkHandler(call: string, fetch: unknown): void {
  checkArgument(call, 'fetch', fetch, aHandler)
}
