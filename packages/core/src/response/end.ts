import { formatId } from '../wire/encode.ts'
import { formatHint } from '../wire/hints.ts'

const encoder = new TextEncoder()

/** The last bytes of a stream whose source is over, which tell `connect()` whether to come back. */
export function encodeEnd(end: 'done' | 'failed'): Uint8Array {
  return encoder.encode(formatHint({ end }))
}

/** The last event ID of a client that has had a whole response: nobody's position, since no topic has this key. */
export const doneId = 'c1~done'

/**
 * The end of a response that is over for good: besides `end=done`, which only `connect()` reads, an id for those who come
 * back after every end (WHATWG HTML, section 9.2.3). Whoever brings it is answered 204.
 */
export function encodeDone(): Uint8Array {
  return encoder.encode(`${formatId(doneId)}\n${formatHint({ end: 'done' })}`)
}
