import type { Environment } from '../environment.ts'
import { type Chunk, type Portion, portionOf } from './chunk.ts'
import { viewOf } from './ids.ts'
import { type HintOptions, PendingHints } from './pending-hints.ts'
import type { Place } from './place.ts'
import { type PlaceOptions, PlacesBehind } from './places-behind.ts'
import { type Replay, ReplayReader } from './replay-reader.ts'

/** What one subscriber gets before its rings. Let go of as it is taken. */
export interface Prelude {
  /** Written first. */
  opening?: Uint8Array | undefined
  /** What it missed. */
  replay?: Replay | undefined
}

/** What one subscriber is to get. */
export interface PendingOptions extends PlaceOptions, HintOptions {
  /** Gets places that have fallen out of their rings back into them. Without it, such a subscriber is closed as `overflow`. */
  replayFrom?(lost: readonly Place[]): Replay
}

/** What is told of what is pending. */
export interface PendingListener {
  /** There is more to take. */
  onMore(): void
  /** There is something missing that cannot be had. */
  onLost(reason: 'overflow' | 'failed', error?: unknown): void
}

/**
 * What one subscriber gets next: its opening, what it missed, what is in its rings, hints when there is nothing else, and
 * at last its end.
 */
export class Pending {
  /** Events taken so far. */
  events = 0
  readonly hints: PendingHints
  readonly #options: PendingOptions
  readonly #listener: PendingListener
  readonly #behind: PlacesBehind
  #opening: Uint8Array | undefined
  #replay: ReplayReader | undefined
  /** Nothing new is wanted. */
  #ended = false
  /** Its last bytes. */
  #tail: Uint8Array | undefined

  constructor(
    options: PendingOptions,
    { opening, replay }: Prelude,
    environment: Environment,
    listener: PendingListener,
  ) {
    this.#options = options
    this.#listener = listener
    this.hints = new PendingHints(options, environment)
    this.#behind = new PlacesBehind(options)
    this.#opening = opening
    this.#replay = replay && this.#read(replay)
  }

  /** It reads a replay. */
  get replaying(): boolean {
    return this.#replay !== undefined
  }

  /** There is something to take, as far as is known. */
  get waiting(): boolean {
    return this.hints.waiting || !this.#behind.isEmpty || this.#isHeldUp
  }

  /** It has an end, and everything before it has been taken. */
  get done(): boolean {
    return this.#ended && !this.#tail && !this.#opening && !this.#replay && this.#behind.isEmpty
  }

  /** Since when something has been waiting for a subscriber that has been blocked since `blockedAt`. */
  waitingSince(blockedAt: number, now: number): number {
    return Math.max(blockedAt, this.#behind.waitingSince(this.#isHeldUp ? blockedAt : now))
  }

  /** There is something new at a place. @param isOnly - not at any other */
  note(place: Place, isOnly: boolean): void {
    this.#behind.note(place, isOnly)
  }

  /** What has been added in this turn is there for whoever asks for more before it is over. */
  look(): void {
    this.#behind.look()
  }

  /** Whoever could not take all stands behind, so that it is not looked at again until it asks for more. */
  settle(): void {
    this.#behind.settle()
  }

  /** End after what is there now, then `tail`. @param complete - a replay that is under way is completed first */
  end(tail: Uint8Array | undefined, complete: boolean): void {
    const isAbandoned = this.#replay !== undefined && !complete
    if (isAbandoned) this.#giveUpReplay()
    this.#ended = true
    this.#tail = tail
    this.#behind.end(!isAbandoned)
  }

  close(): void {
    this.#giveUpReplay()
    this.#behind.close()
  }

  /** What comes next; undefined when there is nothing now. */
  next(): Portion | undefined {
    for (let portion = this.#advance(); portion; portion = this.#advance()) {
      // None of a chunk may have been accepted.
      if (portion.length > 0) return portion
    }
    return undefined
  }

  /** There is something to take that is in no ring. */
  get #isHeldUp(): boolean {
    return !!this.#opening || this.#replay?.hasPage === true || this.#ended
  }

  #advance(): Portion | undefined {
    if (this.#opening) return this.#takeOpening(this.#opening)
    if (this.#replay) return this.#takePage(this.#replay)
    if (!this.#behind.isEmpty) return this.#takeEntries()
    return this.#ended ? this.#takeTail() : this.hints.take()
  }

  #takeOpening(opening: Uint8Array): Portion {
    this.#opening = undefined
    return portionOf(opening)
  }

  #takePage(replay: ReplayReader): Portion | undefined {
    const page = replay.next()
    if (!page) return this.hints.take()
    const { chunk, place } = page
    const taken = viewOf(chunk, place, this.#options)
    if (place && chunk.position) place.position = chunk.position
    replay.taken(taken)
    return this.#take(taken)
  }

  #takeEntries(): Portion | undefined {
    const lost = this.#behind.takeLost()
    return lost.length > 0 ? this.#fallBehind(lost) : this.#take(this.#behind.take())
  }

  #fallBehind(lost: readonly Place[]): Portion | undefined {
    if (!this.#options.replayFrom) {
      this.#listener.onLost('overflow')
      return undefined
    }
    this.#replay = this.#read(this.#options.replayFrom(lost))
    return this.#advance()
  }

  #take(chunk: Chunk): Portion {
    this.events += chunk.events
    this.hints.follow(chunk)
    return chunk
  }

  #takeTail(): Portion | undefined {
    const tail = this.#tail
    this.#tail = undefined
    return tail && portionOf(tail)
  }

  #read(replay: Replay): ReplayReader {
    return new ReplayReader(replay, {
      onPage: () => this.#listener.onMore(),
      onEnd: () => {
        this.#replay = undefined
        this.#behind.lookAgain()
        this.#listener.onMore()
      },
      onFailed: (error) => this.#listener.onLost('failed', error),
    })
  }

  #giveUpReplay(): void {
    this.#replay?.cancel()
    this.#replay = undefined
  }
}
