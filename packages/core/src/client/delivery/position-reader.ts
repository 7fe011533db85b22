import { parsePositionId, type Position, type PositionId } from '../../wire/position.ts'

// An offset from 1 to 2^53 − 1; of eleven digits some are more than that.
const offsetShape = /^[1-9a-z][0-9a-z]{0,9}$/

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
    if (this.#prefix === '' || !id.startsWith(this.#prefix)) return undefined
    const offset = id.slice(this.#prefix.length)
    if (!offsetShape.test(offset)) return undefined
    return { epoch: this.#epoch, offset: parseInt(offset, 36) }
  }

  /** Read a whole id; undefined for an opaque one. */
  read(id: string): PositionId | undefined {
    const parsed = parsePositionId(id)
    if (parsed?.positions.size === 1) this.#remember(id, parsed)
    return parsed
  }

  #remember(id: string, { advanced, positions }: PositionId): void {
    this.#prefix = id.slice(0, id.lastIndexOf('-') + 1)
    this.key = advanced
    this.#epoch = (positions.get(advanced) as Position).epoch
  }
}
