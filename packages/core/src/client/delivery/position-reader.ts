import { detached } from '../../wire/bytes.ts'
import { parsePositionId, type Position, type PositionId } from '../../wire/position.ts'

/**
 * Reads the ids of one stream. Where an id differs from the one before in its last number only, as those of one topic
 * do, that number is all that is read.
 */
export class PositionReader {
  /** The topic of the last id of one component. */
  key: string = ''
  #prefix = ''
  #epoch = 0

  /** Where an id of one component goes on in that topic and in the same epoch; undefined for every other id. */
  next(id: string): Position | undefined {
    const from = this.#prefix.length
    // Searched, which on a string that is a slice itself costs less than `startsWith`, and than to compare another slice (Node 26).
    if (from === 0 || id.charCodeAt(from) === zero || id.indexOf(this.#prefix) !== 0) return undefined
    let offset = 0
    for (let at = from; at < id.length; at++) offset = offset * 36 + digitOf(id.charCodeAt(at))
    return offset > 0 && offset < 2 ** 53 ? { epoch: this.#epoch, offset } : undefined
  }

  /** Read a whole id; undefined for an opaque one. */
  read(id: string): PositionId | undefined {
    const parsed = parsePositionId(id)
    if (parsed?.positions.size === 1) this.#remember(id, parsed)
    return parsed
  }

  #remember(id: string, { advanced, positions }: PositionId): void {
    // It lives as long as the stream, and must not keep the text alive that the id was cut from.
    this.#prefix = detached(id.slice(0, id.lastIndexOf('-') + 1))
    this.key = advanced
    this.#epoch = (positions.get(advanced) as Position).epoch
  }
}

const zero = 48

// A digit of base 36 by its character code; NaN for everything else.
function digitOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 87
  return code >= zero && code <= 57 ? code - zero : NaN
}
