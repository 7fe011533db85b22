/**
 * The header `Last-Event-ID`, both ways.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.3 "Processing model": its value is the ID encoded as UTF-8. The
 * runtimes take and give a value as its bytes, one code unit each; workerd alone encodes and decodes it (workerd 1.2026).
 */
import { onWorkerd } from '../runtime.ts'
import { encoder } from './bytes.ts'

/** Bytes. With all its other headers a request has to fit into what servers take: 16 KB on Node, 8 KB on most. */
const maxHeaderBytes = 4_096

// Nothing, and control characters: Node and Deno refuse to send one, and workerd makes no header of it. A tab may be sent.
// oxlint-disable-next-line no-control-regex
const unsendable = /^$|[\0-\x08\x0a-\x1f\x7f]/

const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The value that a request carries an ID in. Undefined where there is nothing to send, and for what cannot be sent:
 * control characters, and more than 4 KiB. A request with such a header would never arrive, however often it is repeated.
 */
export function lastEventIdHeader(id: string): string | undefined {
  const bytes = encoder.encode(id)
  if (bytes.length > maxHeaderBytes || unsendable.test(id)) return undefined
  return onWorkerd ? id : String.fromCharCode(...bytes)
}

/** The ID of a request's header, as the runtime gives its value. */
export function decodeLastEventId(header: string): string {
  // ASCII, as all of a hub's are, is the same both ways; what is no byte was decoded already.
  if (onWorkerd || !/[\x80-\xff]/.test(header) || /[^\0-\xff]/.test(header)) return header
  return utf8.decode(Uint8Array.from(header, (character) => character.charCodeAt(0)))
}
