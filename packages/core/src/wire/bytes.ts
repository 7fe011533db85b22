/** Bytes and the text they hold, for a parser that decodes each chunk in one shot. */

export const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()

/**
 * Where to cut a chunk so that no character is split: its length, or up to 3 less. Decoding both sides of the cut gives
 * what decoding the whole would, invalid bytes included, because a lead byte always begins anew.
 */
export function characterBoundary(bytes: Uint8Array): number {
  const { length } = bytes
  for (let back = 1; back < 4 && back <= length; back++) {
    const byte = bytes[length - back] as number
    if (byte < 0x80) break
    // A lead byte: 2, 3 or 4 bytes make its character.
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? length - back : length
  }
  return length
}

/** Two chunks as one. */
export function joinBytes(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length)
  joined.set(first)
  joined.set(second, first.length)
  return joined
}

/** How many bytes a text is in UTF-8. No text is none. */
export function byteLength(text: string | undefined): number {
  return encoder.encode(text).length
}

/**
 * A copy that shares no memory with the text it was cut from: engines keep the whole text alive for a slice. By way of `join`,
 * since a concatenation is no copy before somebody reads it, and on JavaScriptCore its parts keep their text until then (Bun 1.4).
 */
export function detached(text: string): string {
  return [text.slice(0, 1), text.slice(1)].join('')
}
