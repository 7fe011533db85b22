import type { WrittenPosition } from '../wire/position.ts'
import type { Ring, RingPlace, Standing } from './ring.ts'

/** Whose a place is. */
export interface PlaceReader {
  /** Take what there is at one of its places. Returns how many bytes were taken. @param isOnly - nothing is new elsewhere */
  flush(place: Place, isOnly: boolean): number
  /** What one of its rings is of has come to an end. */
  onOver(): void
}

/** Where one subscriber is in one of the rings that it reads. */
export class Place implements RingPlace {
  slot = -1
  standing: Standing | undefined
  /** The sequence number of the ring's entry that comes next. */
  sequence: number
  /** Nothing from this sequence number on is wanted any more. */
  limit: number = Infinity
  /** Where the subscriber is in the ring's topic, by what it has taken. */
  position: WrittenPosition | undefined
  readonly ring: Ring
  #reader: PlaceReader | undefined

  /** At the end of a ring. @param position - where the subscriber is in its topic, if that is somewhere else */
  constructor(ring: Ring, position: WrittenPosition | undefined = ring.position) {
    this.ring = ring
    this.position = position
    this.sequence = ring.end
  }

  /** Whether there is something to take. */
  get isBehind(): boolean {
    return this.sequence < this.ring.end && this.sequence < this.limit
  }

  /** Whether what comes next is not in the ring any more. */
  get isLost(): boolean {
    return this.sequence < this.ring.start
  }

  /** Be looked at in each flush from now on. */
  join(reader: PlaceReader): void {
    this.#reader = reader
    this.stand('ready')
  }

  leave(): void {
    if (!this.standing) return
    this.stand(undefined)
    this.ring.trim()
  }

  stand(standing: Standing | undefined): void {
    if (standing !== this.standing) this.ring.place(this, standing)
  }

  /** So many entries have been taken. */
  advance(count: number, position: WrittenPosition | undefined): void {
    this.sequence += count
    if (position) this.position = position
    if (this.standing === 'ready') return
    // One that was ready has its entries let go at the end of the flush.
    if (!this.isBehind) this.stand('ready')
    this.ring.trim()
  }

  /** Go on at the end of the ring. */
  skipToEnd(): void {
    this.sequence = this.ring.end
    if (this.standing) this.stand('ready')
  }

  flush(isOnly: boolean): number {
    return this.#reader?.flush(this, isOnly) ?? 0
  }

  over(): void {
    this.#reader?.onOver()
  }
}
