import { type EventBlock, startsWithData, valueOf } from './block.ts'

const lf = 10
const cr = 13

/** Finds the lines in the text of a stream, and hands them to the block that they are fields of. */
export class Lines {
  readonly #block: EventBlock

  /** The beginning of a line that has not ended yet. */
  unfinished = ''

  // The text that is parsed, and from where on it still is to be. Both stay when a handler throws.
  #text = ''
  #at = 0
  #endedWithCr = false

  constructor(block: EventBlock) {
    this.#block = block
  }

  /** Whether a handler threw, and left text that is not parsed yet. */
  get isInterrupted(): boolean {
    return this.#text !== ''
  }

  /** Parse the next text, which is not empty. */
  take(text: string): void {
    this.#text = text
    this.#at = this.#endedWithCr && text.charCodeAt(0) === lf ? 1 : 0
    this.goOn()
  }

  /** Parse what a handler that threw has left. */
  goOn(): void {
    const text = this.#text
    this.#block.beginText()
    // One search tells that a text has no CR, which is usual: then a line takes one search instead of two.
    const hasCr = text.includes('\r')
    if (this.unfinished !== '') this.#finish(text, hasCr)
    if (hasCr) this.#parse(text)
    else if (this.unfinished === '') this.#parseLf(text)
    this.#endedWithCr = hasCr && text.charCodeAt(text.length - 1) === cr
    if (this.#at < text.length) this.unfinished += text.slice(this.#at)
    this.#text = ''
    this.#block.endText()
  }

  clear(): void {
    this.unfinished = this.#text = ''
    this.#endedWithCr = false
  }

  // The line that an earlier text began, if it ends in this one.
  #finish(text: string, hasCr: boolean): void {
    const nextLf = text.indexOf('\n', this.#at)
    const nextCr = hasCr ? text.indexOf('\r', this.#at) : -1
    const end = nextLf < 0 || (nextCr >= 0 && nextCr < nextLf) ? nextCr : nextLf
    if (end < 0) return
    const line = this.unfinished + text.slice(this.#at, end)
    this.unfinished = ''
    this.#at = end === nextCr && nextLf === end + 1 ? end + 2 : end + 1
    this.#block.field(line, 0, line.length)
    this.#block.beginText()
  }

  // Where it stands is a variable, kept only when the text is over or a handler threw: as a field, written for each line, it
  // took a short event a tenth more (Node 26).
  #parseLf(text: string): void {
    const block = this.#block
    let at = this.#at
    let end: number
    try {
      while ((end = text.indexOf('\n', at)) >= 0) {
        const from = at
        at = end + 1
        if (startsWithData(text, from)) {
          // The usual event: its last line of data, and the block ends. A character past the end is never asked for: an engine
          // that has once met that asks in a slower way.
          if (at < text.length && text.charCodeAt(at) === lf) {
            at++
            block.dispatch(valueOf(text, from + 5, end))
          } else if (startsWithData(text, at)) {
            at = this.#takeLinesOfData(text, from, end)
          } else {
            block.addData(valueOf(text, from + 5, end))
          }
        } else if (from === end) {
          block.dispatch()
        } else {
          block.field(text, from, end)
        }
      }
    } finally {
      this.#at = at
    }
  }

  // Each line is cut out with its LF: one slice and one concatenation, where to push it to a list and to join that took a
  // half more (Node 26, 400 lines).
  #takeLinesOfData(text: string, from: number, firstEnd: number): number {
    let data = ''
    let at = from
    let end = firstEnd
    do {
      data += valueOf(text, at + 5, end + 1)
      at = end + 1
    } while (startsWithData(text, at) && (end = text.indexOf('\n', at)) >= 0)
    this.#block.addData(data.slice(0, -1))
    return at
  }

  #parse(text: string): void {
    const block = this.#block
    let at = this.#at
    let nextLf = text.indexOf('\n', at)
    let nextCr = text.indexOf('\r', at)
    try {
      while (nextLf >= 0 || nextCr >= 0) {
        const from = at
        let end = nextLf
        let next = nextLf + 1
        if (nextCr >= 0 && (nextLf < 0 || nextCr < nextLf)) {
          end = nextCr
          if (nextLf !== nextCr + 1) next = nextCr + 1
        }
        if (startsWithData(text, from)) {
          const blank = blankLineEnd(text, next)
          at = blank || next
          const value = valueOf(text, from + 5, end)
          if (blank > 0) block.dispatch(value)
          else block.addData(value)
        } else {
          at = next
          if (from === end) block.dispatch()
          else block.field(text, from, end)
        }
        if (nextLf >= 0 && nextLf < at) nextLf = text.indexOf('\n', at)
        if (nextCr >= 0 && nextCr < at) nextCr = text.indexOf('\r', at)
      }
    } finally {
      this.#at = at
    }
  }
}

// Where the blank line at `at` ends, or 0. A blank line of CR alone is left to the general way.
function blankLineEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code === lf ? at + 1 : code === cr && text.charCodeAt(at + 1) === lf ? at + 2 : 0
}
