import { type Accepts, Chunk } from './chunk.ts'
import type { Place } from './place.ts'

/** How the ids are written that a subscriber is given. */
export interface Ids {
  /** Where its places are, as one id. */
  checkpoint(places: readonly Place[]): string
  /** An event's id tells of its own topic only, so a gap is followed by a checkpoint. */
  readonly arePartial: boolean
  /** What is to be taken at a place, with ids of this subscriber's own. Default as it is. */
  rewrite?(chunk: Chunk, place: Place | undefined, accepts: Accepts | undefined): Chunk
}

/** What a subscriber is given of a chunk. */
export interface ViewOptions {
  /** Undefined where events have no ids. */
  readonly ids?: Ids | undefined
  /** Which entries it wants. Default all. */
  readonly accepts?: Accepts | undefined
}

/** A chunk as one subscriber takes it. @param place - where it is; undefined where it is of no topic, or of all */
export function viewOf(chunk: Chunk, place: Place | undefined, { ids, accepts }: ViewOptions): Chunk {
  if (ids?.rewrite) return ids.rewrite(chunk, place, accepts)
  return accepts ? new Chunk(chunk.entries, accepts) : chunk
}
