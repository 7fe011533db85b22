/**
 * Writing the event stream format.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.5 "Parsing an event stream" (the grammar) and section 9.2.6
 * "Interpreting an event stream" (what a client makes of it).
 */
import { InvalidFieldError } from './errors.ts'
import type { ServerSentEvent } from './event.ts'

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()

/**
 * Write one event as text: a block that ends with a blank line, or the bare lines of a comment when there is nothing
 * else. A block without data dispatches nothing at the client, but sets its last event ID and reconnection time.
 *
 * CRLF, CR and LF in `data` all arrive as LF. `event: ''` and `event: 'message'` are the default and not written.
 * `id: ''` is written: it resets the client's last event ID. Lone surrogates become U+FFFD once encoded as UTF-8.
 *
 * @throws {InvalidFieldError} a field cannot be written; nothing was
 */
export function formatEvent(event: ServerSentEvent): string {
  const { comment, retry, id } = event
  const text =
    (comment === undefined ? '' : formatComment(comment)) +
    (retry === undefined ? '' : formatRetry(retry)) +
    (id === undefined ? '' : formatId(id))
  const body = formatBody(event)
  return body === '\n' && text !== '' && retry === undefined && id === undefined ? text : text + body
}

/**
 * Write one event as UTF-8, as {@link formatEvent} does. The result may be shared between streams.
 *
 * @throws {InvalidFieldError} a field cannot be written; nothing was
 */
export function encodeEvent(event: ServerSentEvent): Uint8Array<ArrayBuffer> {
  return encoder.encode(formatEvent(event))
}

/**
 * Write type and data only, with the blank line that ends the block. An id line may be put before it: that is how one
 * encoded body serves streams whose ids differ.
 *
 * @throws {InvalidFieldError} `event` or `data` cannot be written
 */
export function formatBody(event: Pick<ServerSentEvent, 'event' | 'data'>): string {
  const data = serializeData(event.data)
  const type = event.event === undefined ? '' : formatType(event.event)
  return data === undefined ? `${type}\n` : `${type}${prefixLines('data: ', data)}\n`
}

/**
 * Write the id line.
 *
 * @throws {InvalidFieldError} for CR and LF, which would begin another field, and NUL, for which clients ignore the id
 */
export function formatId(id: string): string {
  if (typeof id !== 'string' || /[\r\n\0]/.test(id))
    throw refusal('id', id, 'it must be a string without CR, LF or NUL')
  return `id: ${id}\n`
}

/**
 * Write a comment, one comment line for each of its lines, without a blank line after it.
 *
 * @throws {InvalidFieldError} when one of its lines begins with `hint `, which is Holdfast's own
 */
function formatComment(comment: string): string {
  if (typeof comment !== 'string' || /(?:^|[\r\n])hint /.test(comment)) {
    throw refusal('comment', comment, 'it must be a string with no line that begins with "hint "')
  }
  return prefixLines(': ', comment)
}

/**
 * Check that an event type can be written.
 *
 * @throws {InvalidFieldError} for CR and LF, which would begin another field
 */
export function checkType(type: string): void {
  if (typeof type !== 'string' || /[\r\n]/.test(type))
    throw refusal('event', type, 'it must be a string without CR or LF')
}

function formatType(type: string): string {
  checkType(type)
  return type === '' || type === 'message' ? '' : `event: ${type}\n`
}

function formatRetry(retry: number): string {
  if (!Number.isSafeInteger(retry) || retry < 0) throw refusal('retry', retry, 'it must be a non-negative integer')
  return `retry: ${retry}\n`
}

// The space after the colon is always written: a parser removes exactly one, so data with a leading space survives.
function prefixLines(prefix: string, text: string): string {
  const multiline = text.includes('\n') || text.includes('\r')
  return `${prefix}${multiline ? text.replace(/\r\n?|\n/g, `\n${prefix}`) : text}\n`
}

function refusal(field: InvalidFieldError['field'], value: unknown, rule: string): InvalidFieldError {
  // String() of an object may throw or run foreign code.
  const shown = typeof value === 'object' ? 'object' : String(value)
  const quoted = JSON.stringify(shown.slice(0, 80))
  return new InvalidFieldError(field, `Cannot write ${field} ${quoted}: ${rule}`)
}

/**
 * The text of an event's `data`: a string as it is, any other JSON value as JSON, `undefined` as no data at all.
 *
 * `toJSON` is honoured. Within a value, `JSON.stringify` decides: it leaves functions, symbols and `undefined` out and
 * writes `null` for NaN.
 *
 * @throws {InvalidFieldError} for what JSON would drop or falsify at the top (functions, symbols, NaN, infinities,
 *   binary data), and for BigInt, cycles and a `toJSON` that throws at any depth
 */
export function serializeData(data: unknown): string | undefined {
  if (typeof data === 'string' || data === undefined) return data
  refuseUnlikeJson(data)
  let json: string | undefined
  try {
    json = JSON.stringify(data) as string | undefined
  } catch (cause) {
    throw new InvalidFieldError('data', `Cannot write data of type "${typeOf(data)}": it is not JSON`, { cause })
  }
  if (json === undefined)
    throw new InvalidFieldError('data', `Cannot write data of type "${typeOf(data)}": it has no JSON`)
  return json
}

function refuseUnlikeJson(data: unknown): void {
  const type = typeof data
  if (type === 'function' || type === 'symbol' || type === 'bigint' || isBinary(data)) {
    throw new InvalidFieldError('data', `Cannot write data of type "${typeOf(data)}": it is not JSON`)
  }
  if (type === 'number' && !Number.isFinite(data)) {
    throw new InvalidFieldError('data', `Cannot write data "${String(data)}": JSON has no such number`)
  }
}

// The tag, not instanceof: a buffer may come from another realm. Without SharedArrayBuffer the global may be missing.
function isBinary(data: unknown): boolean {
  return ArrayBuffer.isView(data) || /^(Shared)?ArrayBuffer$/.test(typeOf(data))
}

function typeOf(data: unknown): string {
  return typeof data === 'object' ? Object.prototype.toString.call(data).slice(8, -1) : typeof data
}
