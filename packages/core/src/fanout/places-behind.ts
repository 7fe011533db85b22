import { Chunk } from './chunk.ts'
import { type ViewOptions, viewOf } from './ids.ts'
import { mergeRuns } from './merge.ts'
import type { Place } from './place.ts'

/** What is taken at a subscriber's places. */
export interface PlaceOptions extends ViewOptions {
  /** One in each ring that it reads. */
  readonly places: readonly Place[]
}

const none: readonly Place[] = []

/** Those of a subscriber's places that have something to take. */
export class PlacesBehind {
  readonly #options: PlaceOptions
  #behind: Place[] = []

  constructor(options: PlaceOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#behind.length === 0
  }

  /** When the oldest of what waits was added. @param otherwise - where there is none, or it is gone already */
  waitingSince(otherwise: number): number {
    if (this.isEmpty) return otherwise
    return Math.min(...this.#behind.map(({ ring, sequence }) => ring.addedAt(sequence) ?? otherwise))
  }

  /** There is something new at a place. @param isOnly - not at any other */
  note(place: Place, isOnly: boolean): void {
    if (isOnly) this.#note(place)
    else this.noteAll()
  }

  noteAll(): void {
    for (const place of this.#options.places) this.#note(place)
  }

  /** What has been added in this turn is there for whoever asks for more before it is over. */
  look(): void {
    if (this.#options.places[0]?.ring.isFlushDue) this.noteAll()
  }

  /** A replay has led the places on, maybe further than where they were found behind. */
  lookAgain(): void {
    this.#behind = this.#options.places.filter(({ isBehind }) => isBehind)
  }

  /** Whoever could not take all stands behind, so that it is not looked at again until it asks for more. */
  settle(): void {
    for (const place of this.#behind) if (place.standing === 'ready' && place.isBehind) place.stand('behind')
  }

  /** Nothing that comes from now on is wanted. @param keepsRest - what is there already still is */
  end(keepsRest: boolean): void {
    if (!keepsRest) this.#behind = []
    for (const place of this.#options.places) {
      place.limit = keepsRest ? place.ring.end : place.sequence
      this.#note(place)
      if (!place.isBehind) place.leave()
    }
  }

  /** Leave all of them. */
  close(): void {
    this.#behind = []
    for (const place of this.#options.places) place.leave()
  }

  /** Those whose next entry is not in its ring any more. They are not behind any longer: something else must lead them on. */
  takeLost(): readonly Place[] {
    // The usual case, without a list being made.
    if (!this.#behind.some(isLost)) return none
    const lost = this.#behind.filter(isLost)
    this.#behind = this.#behind.filter((place) => !isLost(place))
    return lost
  }

  /** Take what comes next. None of them may be lost. */
  take(): Chunk {
    const [place] = this.#behind
    return place && this.#behind.length === 1 ? this.#takeOnly(place) : this.#takeMerged()
  }

  #note(place: Place): void {
    if (place.isBehind && !this.#behind.includes(place)) this.#behind.push(place)
  }

  // Shared with all who are at the same place, whatever else they read.
  #takeOnly(place: Place): Chunk {
    const chunk = this.#takeAt(place, place.ring.chunkFrom(place.sequence) as Chunk)
    if (this.#isServed(place)) this.#behind.pop()
    return chunk
  }

  #takeMerged(): Chunk {
    const chunks = mergeRuns(this.#behind).map(({ place, entries }) => this.#takeAt(place, new Chunk(entries)))
    this.#behind = this.#behind.filter((each) => !this.#isServed(each))
    return Chunk.joined(chunks)
  }

  #takeAt(place: Place, chunk: Chunk): Chunk {
    const view = viewOf(chunk, place, this.#options)
    place.advance(chunk.span, chunk.position)
    return view
  }

  #isServed(place: Place): boolean {
    if (place.sequence >= place.limit) place.leave()
    return !place.isBehind
  }
}

function isLost(place: Place): boolean {
  return place.isLost
}
