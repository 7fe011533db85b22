/** What fetches do differently. Measured: Node 20 and 26, Bun 1.4, Deno 2.9, workerd 1.2026, Chromium. */
import { lastEventIdHeader } from '../wire/last-event-id.ts'

/** What a request for an event stream asks of this runtime's fetch, beside what the caller chose. */
export function requestInit(
  accept: string,
  lastEventId: string,
): { headers: Record<string, string>; cache?: RequestCache; timeout?: false } {
  const headers: Record<string, string> = { Accept: accept }
  const id = lastEventIdHeader(lastEventId)
  if (id !== undefined) headers['Last-Event-ID'] = id
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

interface Dispatcher {
  dispatch(options: object, handler: unknown): boolean
}

/**
 * The runtime's own fetch, whose bodies may be silent for as long as they like: Node's ends one after 300 s.
 *
 * Not part of {@link requestInit}: another fetch need not understand Node's dispatcher, even if it is of the same library.
 */
export function patientFetch(url: string, init: RequestInit): Promise<Response> {
  // Where Node keeps what its fetch sends requests with, proxies of the user's included; there once Request was looked at.
  const key = Symbol.for('undici.globalDispatcher.1')
  const own = (globalThis as { [key]?: Dispatcher })[key]
  const dispatcher = own && {
    dispatch: (options: object, handler: unknown) => own.dispatch({ ...options, bodyTimeout: 0 }, handler),
  }
  return fetch(url, { ...init, dispatcher } as RequestInit)
}
