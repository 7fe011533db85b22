import { parsePositionId, type Position, type PositionId } from '../../wire/position.ts'

/** What of an id is new: the topic that it advanced, and how far. */
export interface Advance {
  readonly key: string
  readonly position: Position
}

// The digits of base 36 by character code; 36 for everything else.
const digits = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => digitOf(code))

/**
 * Reads the ids of one stream. Where an id differs from the one before in its last number only, as those of one topic
 * do, that number is all that is read: 40 ns instead of 600 (Node 26).
 */
export class PositionReader {
  #prefix = ''
  #key = ''
  #epoch = 0

  /** An id of one component that goes on in the topic and epoch of the one before; undefined for every other id. */
  next(id: string): Advance | undefined {
    const from = this.#prefix.length
    if (from === 0 || id.length - from > 10 || !id.startsWith(this.#prefix)) return undefined
    let offset = 0
    for (let at = from; at < id.length; at++) {
      const digit = digits[id.charCodeAt(at)] ?? 36
      if (digit === 36) return undefined
      offset = offset * 36 + digit
    }
    // Leading zeros, and no number at all, are other shapes; beyond 2^53 an offset is none.
    if (offset < 1 || id.charCodeAt(from) === 48 || offset >= 2 ** 53) return undefined
    return { key: this.#key, position: { epoch: this.#epoch, offset } }
  }

  /** Read a whole id; undefined for an opaque one. */
  read(id: string): PositionId | undefined {
    const parsed = parsePositionId(id)
    if (parsed?.positions.size === 1) this.#remember(id, parsed)
    return parsed
  }

  #remember(id: string, { advanced, positions }: PositionId): void {
    this.#prefix = id.slice(0, id.lastIndexOf('-') + 1)
    this.#key = advanced
    this.#epoch = (positions.get(advanced) as Position).epoch
  }
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  return code >= 97 && code <= 122 ? code - 87 : 36
}
