/**
 * The constructor's arguments.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.2 "The EventSource interface", and Web IDL on dictionaries.
 */
import type { EventSourceFetch } from './types.ts'

/** Whether a value is of the type Object, as a function is, too. */
export function isObject(value: unknown): value is object {
  return Object(value) === value
}

/** Convert a string. @throws {TypeError} for a symbol, which `String()` would take */
export function toText(value: unknown): string {
  return `${value as number}`
}

/**
 * Parse a URL against the document's base URL, or a worker's location, where there is one, and serialise it.
 *
 * @throws {DOMException} named `SyntaxError`
 */
export function parseUrl(url: string): string {
  const { document, location } = globalThis as { document?: { baseURI: string }; location?: { href: string } }
  try {
    return new URL(url, document?.baseURI ?? location?.href).href
  } catch {
    throw new DOMException(`Cannot construct EventSource: "${url}" is no URL`, 'SyntaxError')
  }
}

/**
 * Convert a dictionary: its members are read once, in the order of their names.
 *
 * @throws {TypeError} for what is no object, and a `fetch` that cannot be called
 */
export function convertInit(init: unknown): { withCredentials: boolean; fetch: EventSourceFetch | undefined } {
  if (init != null && !isObject(init)) throw new TypeError('Cannot construct EventSource: the options are no object')
  const { fetch, withCredentials } = (init ?? {}) as { fetch?: EventSourceFetch; withCredentials?: unknown }
  if (fetch !== undefined && typeof fetch !== 'function') {
    throw new TypeError('Cannot construct EventSource: fetch is no function')
  }
  return { fetch, withCredentials: !!withCredentials }
}
