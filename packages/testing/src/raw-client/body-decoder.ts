import type { ResponseHead } from './head.ts'

/** Takes the framing off a response body: chunked, of a known length, or until the connection ends. */
export interface BodyDecoder {
  /** Returns the body bytes in `bytes`. What follows a finished body is dropped. */
  push(bytes: Buffer): Buffer[]
  /** True once the framing says that the body is complete. */
  readonly done: boolean
}

/** The decoder that a head asks for (RFC 9112, section 6.3). */
export function bodyDecoder(method: string, head: ResponseHead): BodyDecoder {
  const bodiless = method === 'HEAD' || head.status === 204 || head.status === 304
  if (bodiless) return new LengthDecoder(0)
  if (/(^|,\s*)chunked$/i.test(head.headers.get('transfer-encoding') ?? '')) return new ChunkedDecoder()
  const length = head.headers.get('content-length')
  return new LengthDecoder(length === undefined ? Infinity : Number(length))
}

class LengthDecoder implements BodyDecoder {
  #left: number

  constructor(length: number) {
    this.#left = length
  }

  get done(): boolean {
    return this.#left === 0
  }

  push(bytes: Buffer): Buffer[] {
    const taken = bytes.subarray(0, Math.min(bytes.length, this.#left))
    this.#left -= taken.length
    return taken.length > 0 ? [taken] : []
  }
}

class ChunkedDecoder implements BodyDecoder {
  done = false
  /** A size line or a trailer that is not complete yet. */
  #line = ''
  /** Bytes of the present chunk still to come, its CRLF included. */
  #left = 0
  #last = false

  push(bytes: Buffer): Buffer[] {
    const body: Buffer[] = []
    let at = 0
    while (at < bytes.length && !this.done) {
      if (this.#left > 0) at += this.#takeChunk(bytes.subarray(at), body)
      else at += this.#takeLine(bytes.subarray(at))
    }
    return body
  }

  #takeChunk(bytes: Buffer, body: Buffer[]): number {
    const taken = Math.min(bytes.length, this.#left)
    const content = Math.min(taken, this.#left - 2)
    if (content > 0) body.push(bytes.subarray(0, content))
    this.#left -= taken
    return taken
  }

  #takeLine(bytes: Buffer): number {
    const end = bytes.indexOf(0x0a)
    if (end < 0) {
      this.#line += bytes.toString('latin1')
      return bytes.length
    }
    const line = (this.#line + bytes.toString('latin1', 0, end)).trim()
    this.#line = ''
    if (this.#last) this.done = line === ''
    else this.#startChunk(line)
    return end + 1
  }

  #startChunk(line: string): void {
    const size = /^([0-9a-f]+)\s*(;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new Error(`Cannot read the chunk size ${JSON.stringify(line)}`)
    this.#last = Number.parseInt(size, 16) === 0
    if (!this.#last) this.#left = Number.parseInt(size, 16) + 2
  }
}
