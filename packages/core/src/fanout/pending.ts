import type { Environment } from '../environment.ts'
import { type Accepts, Chunk, type Portion, portionOf } from './chunk.ts'
import { mergeRuns } from './merge.ts'
import type { Place } from './place.ts'

/** A part of a replay. */
export interface Page {
  readonly chunk: Chunk
  /** Whose topic it is of; undefined where it is of none, or of all. */
  readonly place: Place | undefined
}

/** What a subscriber has to get before, or instead of, what is in its rings. */
export interface Replay {
  /** The next part of it; undefined when the rings have everything from where the subscriber's places are. */
  read(): Promise<Page | undefined>
  /** What its subscriber has taken of the last part. */
  taken(chunk: Chunk): void
  /** Nobody will read on. */
  cancel(): void
}

/** How the ids are written that a subscriber is given. */
export interface Ids {
  /** Where its places are, as one id. */
  checkpoint(places: readonly Place[]): string
  /** An event's id tells of its own topic only, so a gap is followed by a checkpoint. */
  readonly arePartial: boolean
  /** What is to be taken at a place, with ids of this subscriber's own. Default as it is. */
  rewrite?(chunk: Chunk, place: Place | undefined, accepts: Accepts | undefined): Chunk
}

/** What one subscriber is to get. */
export interface PendingOptions {
  /** One in each ring that it reads. */
  places: readonly Place[]
  /** Written first. */
  opening?: Uint8Array | undefined
  /** @param checkpoint - the position, when it has moved without an event that told it */
  heartbeatBytes(checkpoint: string | undefined): Uint8Array
  /** Undefined where events have no ids. */
  ids?: Ids | undefined
  /** What it gets before the rings. */
  replay?: Replay | undefined
  /** Gets places that have fallen out of their rings back into them. Without it, such a subscriber is closed as `overflow`. */
  replayFrom?(lost: readonly Place[]): Replay
  /** Which entries it wants. Default all. */
  accepts?: Accepts | undefined
}

/** What is told of what is pending. */
export interface PendingListener {
  /** There is more to take. */
  onMore(): void
  /** There is something missing that cannot be had. */
  onLost(reason: 'overflow' | 'failed', error?: unknown): void
}

interface End {
  tail: Uint8Array | undefined
  /** A replay was under way, and is not completed. */
  abandoned: boolean
}

/**
 * What one subscriber gets next: its opening, what it missed, what is in its rings, hints when there is nothing else, and
 * at last its end.
 */
export class Pending {
  /** Events taken so far. */
  events = 0
  /** When the last hint was taken. */
  hintedAt: number
  /** A hint is due as soon as everything else has been taken. */
  heartbeatDue = false
  readonly #options: PendingOptions
  readonly #environment: Environment
  readonly #listener: PendingListener
  /** The places with something to take. */
  #behind: Place[] = []
  #opening: Uint8Array | undefined
  #replay: Replay | undefined
  /** A part of the replay that was read and is not taken yet. */
  #page: Page | undefined
  #reading = false
  #closed = false
  #end: End | undefined
  #notice: Uint8Array | undefined
  /** It has come further than ids have told. */
  #isUntold = false

  constructor(options: PendingOptions, environment: Environment, listener: PendingListener) {
    this.#options = options
    this.#environment = environment
    this.#listener = listener
    this.#opening = options.opening
    this.#replay = options.replay
    this.hintedAt = environment.now()
  }

  /** It reads a replay. */
  get replaying(): boolean {
    return this.#replay !== undefined
  }

  /** There is something to take, as far as is known. */
  get waiting(): boolean {
    const hints = this.heartbeatDue || !!this.#opening || !!this.#notice
    return hints || this.#behind.length > 0 || !!this.#page || !!this.#end
  }

  /** It has an end, and everything before it has been taken. */
  get done(): boolean {
    const end = this.#end
    return !!end && !end.tail && !this.#opening && !this.#mustReplay() && this.#behind.length === 0
  }

  /** Since when something has been waiting for a subscriber that has been blocked since `blockedAt`. */
  waitingSince(blockedAt: number, now: number): number {
    // Nothing of a ring is waiting, but an opening, a page or an end; or the place in the ring is gone already.
    const otherwise = this.#opening || this.#page || this.#end ? blockedAt : now
    const added = this.#behind.map(({ ring, sequence }) => ring.addedAt(sequence) ?? otherwise)
    return Math.max(blockedAt, added.length > 0 ? Math.min(...added) : otherwise)
  }

  /** There is something new at a place. @param isOnly - not at any other */
  note(place: Place, isOnly: boolean): void {
    if (isOnly) this.#noteBehind(place)
    else for (const each of this.#options.places) this.#noteBehind(each)
  }

  /** What has been added in this turn is there for whoever asks for more before it is over. */
  look(): void {
    const { places } = this.#options
    if (places[0]?.ring.isFlushDue) for (const place of places) this.#noteBehind(place)
  }

  /** Whoever could not take all stands behind, so that it is not looked at again until it asks for more. */
  settle(): void {
    for (const place of this.#behind) if (place.standing === 'ready' && place.isBehind) place.stand('behind')
  }

  /** Give out a hint once everything before it has been taken. A later one replaces it. */
  notify(bytes: Uint8Array): void {
    this.#notice = bytes
  }

  /** End after what is there now, then `tail`. @param complete - a replay that is under way is completed first */
  end(tail: Uint8Array | undefined, complete: boolean): void {
    const abandoned = this.#replay !== undefined && !complete
    if (abandoned) this.#replay?.cancel()
    this.#end = { tail, abandoned }
    if (abandoned) this.#behind = []
    for (const place of this.#options.places) {
      place.limit = abandoned ? place.sequence : place.ring.end
      this.#noteBehind(place)
      if (!place.isBehind) place.leave()
    }
  }

  close(): void {
    this.#closed = true
    this.#replay?.cancel()
    this.#behind = []
    for (const place of this.#options.places) place.leave()
  }

  /** What comes next; undefined when there is nothing now. */
  next(): Portion | undefined {
    for (let portion = this.#advance(); portion; portion = this.#advance()) {
      // None of a chunk may have been accepted.
      if (portion.length > 0) return portion
    }
    return undefined
  }

  #advance(): Portion | undefined {
    if (this.#opening) return this.#takeOpening(this.#opening)
    if (this.#mustReplay()) return this.#takePage()
    if (this.#behind.length > 0) return this.#takeEntries()
    return this.#end ? this.#takeTail(this.#end) : this.#takeHint()
  }

  #mustReplay(): boolean {
    return this.#replay !== undefined && !this.#end?.abandoned
  }

  #noteBehind(place: Place): void {
    if (place.isBehind && !this.#behind.includes(place)) this.#behind.push(place)
  }

  #takeOpening(opening: Uint8Array): Portion {
    this.#opening = undefined
    return portionOf(opening)
  }

  #takePage(): Portion | undefined {
    const page = this.#page
    if (!page) {
      if (!this.#reading) void this.#read(this.#replay as Replay)
      return this.#takeHint()
    }
    this.#page = undefined
    const { chunk, place } = page
    const taken = this.#rewrite(chunk, place)
    if (place && chunk.position) place.position = chunk.position
    this.#replay?.taken(taken)
    return this.#take(taken)
  }

  async #read(replay: Replay): Promise<void> {
    this.#reading = true
    try {
      const page = await replay.read()
      if (this.#closed) return
      if (page) this.#page = page
      else this.#join()
    } catch (error) {
      this.#listener.onLost('failed', error)
    }
    this.#reading = false
    this.#listener.onMore()
  }

  #join(): void {
    this.#replay = undefined
    // A replay may have led places further than where they were found behind.
    this.#behind = this.#options.places.filter(({ isBehind }) => isBehind)
  }

  #takeEntries(): Portion | undefined {
    const [place] = this.#behind
    // The usual case, without a list being made.
    if (place && this.#behind.length === 1 && !place.isLost) return this.#takeOnly(place)
    const lost = this.#behind.filter(({ isLost }) => isLost)
    if (lost.length > 0) return this.#fallBehind(lost)
    const portion = this.#takeMerged()
    this.#behind = this.#behind.filter((each) => !this.#isServed(each))
    return portion
  }

  // Shared with all who are at the same place, whatever else they read.
  #takeOnly(place: Place): Portion {
    const chunk = this.#rewrittenAt(place, place.ring.chunkFrom(place.sequence) as Chunk)
    if (this.#isServed(place)) this.#behind.pop()
    return this.#take(chunk)
  }

  #takeMerged(): Portion {
    const chunks = mergeRuns(this.#behind).map(({ place, entries }) => this.#rewrittenAt(place, new Chunk(entries)))
    return this.#take(new Chunk(chunks.flatMap(({ entries }) => entries)), chunks.at(-1)?.tellsAll)
  }

  #rewrittenAt(place: Place, chunk: Chunk): Chunk {
    const rewritten = this.#rewrite(chunk, place)
    place.advance(chunk.span, chunk.position)
    return rewritten
  }

  #rewrite(chunk: Chunk, place: Place | undefined): Chunk {
    const { ids, accepts } = this.#options
    if (ids?.rewrite) return ids.rewrite(chunk, place, accepts)
    return accepts ? new Chunk(chunk.entries, accepts) : chunk
  }

  #isServed(place: Place): boolean {
    if (place.sequence >= place.limit) place.leave()
    return !place.isBehind
  }

  #fallBehind(lost: readonly Place[]): Portion | undefined {
    if (!this.#options.replayFrom) {
      this.#listener.onLost('overflow')
      return undefined
    }
    this.#replay = this.#options.replayFrom(lost)
    this.#behind = this.#behind.filter((place) => !lost.includes(place))
    return this.#advance()
  }

  #take(chunk: Chunk, tellsAll: boolean = chunk.tellsAll): Portion {
    const { ids } = this.#options
    this.events += chunk.events
    this.#isUntold = ids?.arePartial === true || !tellsAll
    // It is nowhere, or somewhere else, until it is told where it is in all topics.
    if (ids?.arePartial && (chunk.hasGap || chunk.span === 0)) this.heartbeatDue = true
    return chunk
  }

  #takeTail(end: End): Portion | undefined {
    const { tail } = end
    end.tail = undefined
    return tail && portionOf(tail)
  }

  #takeHint(): Portion | undefined {
    const hint = this.#notice ?? (this.heartbeatDue ? this.#heartbeat() : undefined)
    if (hint === undefined) return undefined
    this.#notice = undefined
    this.heartbeatDue = false
    this.hintedAt = this.#environment.now()
    return portionOf(hint)
  }

  #heartbeat(): Uint8Array {
    const { ids, places, heartbeatBytes } = this.#options
    const checkpoint = this.#isUntold ? ids?.checkpoint(places) : undefined
    this.#isUntold = false
    return heartbeatBytes(checkpoint)
  }
}
