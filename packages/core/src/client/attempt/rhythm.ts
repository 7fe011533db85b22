import { longestUsual, oddTimes, rhythmMemory, rhythmNeeds, shortestOdd } from '../constants.ts'

/**
 * How long the streams of a connection are usually silent: the mean over time, so that the many short silences within a
 * burst do not hide the pause after it. It outlives each stream, since the publisher does.
 */
export class Rhythm {
  #usual = 0
  /** For how long there was something to hear. */
  #heardFor = 0

  /** Something was heard, after so many milliseconds. */
  heard(silence: number): void {
    // One that was odd and that nobody excused was a fault's: counted, each fault would make the next one look usual.
    if (silence > this.odd) return
    const counted = Math.min(silence, longestUsual)
    this.#heardFor = Math.min(this.#heardFor + counted, rhythmMemory)
    if (counted > 0) this.#usual += ((counted - this.#usual) * counted) / Math.max(this.#heardFor, counted)
  }

  /** The silence that is odd, in milliseconds; Infinity while too little was heard to tell. */
  get odd(): number {
    return this.#heardFor < rhythmNeeds ? Infinity : Math.max(shortestOdd, oddTimes * this.#usual)
  }

  /** Such a silence was a mere pause: twice as much is odd from now on. That is forgotten like all else. */
  excuse(silence: number): void {
    this.#usual = Math.min(Math.max(this.#usual, (2 * silence) / oddTimes), longestUsual)
  }
}
