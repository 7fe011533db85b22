import { formatHint } from '../wire/hints.ts'

const encoder = new TextEncoder()

/** The last bytes of a stream whose source is over, which tell `connect()` whether to come back. */
export function encodeEnd(end: 'done' | 'failed'): Uint8Array {
  return encoder.encode(formatHint({ end }))
}
