/**
 * Joins what was cut in the middle of a character: strings of UTF-16 may end after the first half of a surrogate pair, as
 * those of a tokenizer do, and each is encoded for itself.
 */
export class SplitText {
  #half = ''

  /** The text that can be written now: with the half that was left before, without one that it ends in. */
  whole(text: string): string {
    const joined = this.#half + text
    const isCut = isFirstHalf(joined.charCodeAt(joined.length - 1))
    this.#half = isCut ? joined.slice(-1) : ''
    return isCut ? joined.slice(0, -1) : joined
  }

  /** The half that nothing followed. */
  rest(): string {
    const half = this.#half
    this.#half = ''
    return half
  }
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
