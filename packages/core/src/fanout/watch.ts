import type { Deadline } from './deadlines.ts'
import type { CloseReason } from './stream-close.ts'

/** When a client is written to, and when it is given up. Milliseconds, Infinity for never; ends are on the monotonic clock. */
export interface WatchOptions {
  readonly heartbeat: number
  readonly stallTimeout: number
  /** When the stream is too old. */
  readonly oldAt: number
  /** When the credentials expire. */
  readonly expiresAt: number
  /** How long a client that has acknowledged once may be silent before it is closed. Default for ever. */
  readonly acknowledgeTimeout?: number
}

/** What a {@link Watch} sees of its client, and what it does. */
export interface Watched {
  /** A heartbeat waits to be taken. */
  readonly heartbeatDue: boolean
  /** It takes no more entries. */
  readonly finishing: boolean
  readonly closed: boolean
  /** When something was written that makes a heartbeat needless. */
  quietSince(): number
  /** Since when it has been blocked and something waits for it; undefined while neither or only one is so. */
  waitingSince(now: number): number | undefined
  /** Write a heartbeat. */
  beat(): void
  finish(reason: CloseReason): void
  close(reason: CloseReason): void
}

/**
 * Finds out when a client no longer works: by silence, by bytes that it does not take, by age. Looks only now and then,
 * so a write costs nothing here.
 */
export class Watch implements Deadline {
  slot: number | undefined
  readonly #watched: Watched
  readonly #options: WatchOptions
  /** Since when bytes have been waiting without any being taken, once a look has seen some. */
  #waitingSince: number | undefined
  /** When the client must have acknowledged again: never, until it has done so once. */
  #acknowledgeBy = Infinity
  #judgeFrom = 0

  constructor(watched: Watched, options: WatchOptions) {
    this.#watched = watched
    this.#options = options
  }

  /** The client says that it is there. */
  acknowledge(now: number): void {
    this.#acknowledgeBy = now + (this.#options.acknowledgeTimeout ?? Infinity)
  }

  /** The client has taken something. */
  drained(): void {
    this.#waitingSince = undefined
  }

  expire(now: number, judgeFrom: number): number {
    const watched = this.#watched
    this.#judgeFrom = judgeFrom
    const { heartbeat, oldAt, expiresAt } = this.#options
    if (now >= expiresAt) watched.close('unauthorized')
    else if (now >= this.#judged(this.#acknowledgeBy)) watched.close('unacknowledged')
    else if (now >= oldAt) watched.finish('max-age')
    if (now >= watched.quietSince() + heartbeat) watched.beat()
    if (now >= this.#judged(this.#stalledAt(now))) watched.close('stalled')
    return watched.closed ? Infinity : this.nextLook(now)
  }

  /** When to look again. */
  nextLook(now: number): number {
    const { heartbeat, stallTimeout, oldAt, expiresAt } = this.#options
    const { heartbeatDue, finishing } = this.#watched
    // A client that is not waiting now can be stalled at the earliest in `stallTimeout`. Looking four times as often
    // finds the beginning of the wait while its entry is still in the ring.
    const look = Math.min(this.#judged(this.#stalledAt(now)), now + Math.max(stallTimeout / 4, 1))
    // A full stream may drain at any time, and be silent from then on.
    const beatAt = (heartbeatDue ? now : this.#watched.quietSince()) + heartbeat
    return Math.min(look, beatAt, expiresAt, this.#judged(this.#acknowledgeBy), finishing ? Infinity : oldAt)
  }

  #judged(at: number): number {
    return Math.max(at, this.#judgeFrom)
  }

  #stalledAt(now: number): number {
    const since = this.#watched.waitingSince(now)
    // The first that was seen: what waits now may have come later.
    this.#waitingSince = since === undefined ? undefined : (this.#waitingSince ?? since)
    return this.#waitingSince === undefined ? Infinity : this.#waitingSince + this.#options.stallTimeout
  }
}
