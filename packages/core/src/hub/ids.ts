import { type Accepts, Chunk, type RingEntry } from '../fanout/chunk.ts'
import type { Ids } from '../fanout/ids.ts'
import type { Place } from '../fanout/place.ts'
import { joinPositions, type WrittenPosition } from '../wire/position.ts'
import { DeliveredEvent } from './entries.ts'
import { type Gap, gapEntry } from './replay/gap.ts'
import type { HubEvent } from './types.ts'

/**
 * Which ids a reader is given. Those of a ring tell of its one topic. That is all that a reader of this topic needs, and
 * all that one needs who keeps the vector of its topics itself, as `connect()` does. Native `EventSource` keeps one id, the
 * last, so each that it gets must be the whole vector.
 */

const checkpoint = (places: readonly Place[]): string => joinPositions(places.map(positionOf))

/** For a reader of one topic. */
export const wholeIds: Ids = { arePartial: false, checkpoint }

/** For a reader of several topics who keeps the vector itself: an event's bytes are the same for all of those. */
export const partialIds: Ids = { arePartial: true, checkpoint }

/** For a reader of several topics who keeps one id: made as a chunk is, by walking on from where its places are. */
export class WholeIds implements Ids {
  readonly arePartial = false
  readonly checkpoint: Ids['checkpoint'] = checkpoint
  readonly #places: readonly Place[]
  readonly #isShared: () => boolean
  readonly #needsEvents: boolean
  /** The last place that moved, and the components of all others: they are not written anew while none of those moves. */
  #moved: Place | undefined
  #rest = ''

  /** @param isShared - whether others read the same topics, who may stand at the same places */
  constructor(places: readonly Place[], isShared: () => boolean, needsEvents: boolean) {
    this.#places = places
    this.#isShared = isShared
    this.#needsEvents = needsEvents
  }

  rewrite(chunk: Chunk, place: Place | undefined, accepts: Accepts | undefined): Chunk {
    // It tells of all topics already.
    if (!place) return chunk
    const rest = this.#restBeside(place)
    const make = (): Chunk => new Chunk(this.#rewriteAll(chunk.entries, place, rest), accepts)
    return accepts || this.#needsEvents || !this.#isShared() ? make() : chunk.variant(rest, make)
  }

  #restBeside(place: Place): string {
    if (place === this.#moved) return this.#rest
    this.#moved = place
    const others = this.#places.filter((each) => each !== place)
    // Joined, not added up: a string that is added up is walked through whenever it is written (Node 26).
    this.#rest = others.map((each) => positionOf(each).component).join('')
    return this.#rest
  }

  #rewriteAll(entries: readonly RingEntry[], place: Place, rest: string): RingEntry[] {
    let before = positionOf(place)
    return entries.map((entry) => {
      const { position = before } = entry
      const id = `c1${position.component}${rest}`
      const rewritten = entry.gap ? this.#rewriteGap(entry, place, before, position) : this.#withId(entry, id)
      before = position
      return rewritten
    })
  }

  #withId({ body, position, comment, event }: RingEntry, id: string): RingEntry {
    return {
      id,
      body,
      position,
      comment,
      event: this.#needsEvents && event ? withId(event as HubEvent, id) : undefined,
    }
  }

  #rewriteGap({ event }: RingEntry, place: Place, before: WrittenPosition, after: WrittenPosition): RingEntry {
    const from = this.#idAt(place, before)
    const to = `c1${after.component}${this.#rest}`
    return gapEntry({ ...(JSON.parse((event as HubEvent).data) as Gap), from, to }, after)
  }

  /** Where its places are, and this one somewhere else. */
  #idAt(place: Place, position: WrittenPosition): string {
    return joinPositions(this.#places.map((each) => (each === place ? position : positionOf(each))))
  }
}

function withId({ topic, event, data }: HubEvent, id: string): HubEvent {
  return new DeliveredEvent(topic, event, data, id)
}

function positionOf({ position }: Place): WrittenPosition {
  return position as WrittenPosition
}
