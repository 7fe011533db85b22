/** Where the runtimes' fetches differ from the standard's. Measured: Node 20 and 26, Bun 1.4, Deno 2.9, workerd 1.2026, Chromium. */
import { onWorkerd } from '../../turns.ts'

/** What a request for an event stream asks of this runtime's fetch, beside what the caller chose. */
export function requestInit(lastEventId: string): {
  headers: Record<string, string>
  cache?: RequestCache
  timeout?: false
} {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  const id = headerValue(lastEventId)
  if (id) headers['Last-Event-ID'] = id
  // workerd throws at `cache` before its compatibility date 2024-11-11.
  const hasCacheMode = 'cache' in Request.prototype
  const onBun = 'Bun' in globalThis
  // Bun and Deno know the mode and send nothing for it. Never in a browser: there it would ask for a preflight.
  if (!hasCacheMode || onBun || 'Deno' in globalThis) headers['Cache-Control'] = 'no-cache'
  return {
    headers,
    ...(hasCacheMode && { cache: 'no-store' }),
    // Bun ends a body that is silent for 360 s.
    ...(onBun && { timeout: false }),
  }
}

/**
 * The bytes of an ID in UTF-8, one code unit each, as a header's value is given. workerd alone encodes the value itself.
 *
 * Empty where it has a control character: Node and Deno refuse to send one at all, and would never connect again.
 */
function headerValue(id: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\b\n-\x1f\x7f]/.test(id)) return ''
  if (onWorkerd) return id
  // Percent-encoded UTF-8, and back byte by byte: every engine has it, and all else takes five times the code.
  return unescape(encodeURIComponent(id))
}
