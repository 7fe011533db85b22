import { InvalidFieldError } from './errors.ts'

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
