import type { Link } from './link.ts'
import { type Clock, Timer } from './timer.ts'

// Of the time that a draining server gives. The rest is for the new stream.
const share = 0.8

/** Leaves a server that goes away: at a random moment, so that not all its clients move at once. */
export class Drain {
  readonly #clock: Clock
  readonly #timer: Timer
  #link: Link | undefined

  /** @param leave - gets the link whose stream is to be replaced */
  constructor(clock: Clock, leave: (link: Link | undefined) => void) {
    this.#clock = clock
    this.#timer = new Timer(clock, () => leave(this.#link))
  }

  /** @param delivers - whether the application depends on the link; any other is just closed */
  begin(link: Link, within: number, delivers: boolean): void {
    const delay = this.#clock.random() * share * within
    link.endpoint.drainsUntil = this.#clock.now() + within
    if (!delivers) return link.retire(delay)
    this.#link = link
    this.#timer.set(delay)
  }

  stop(): void {
    this.#timer.clear()
  }
}
