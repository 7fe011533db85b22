import { EventStreamParser } from '../../src/wire/parse.ts'
import { type Hint, parseHint } from '../../src/wire/hints.ts'

/** Everything a client has made of the bytes it got. */
export interface Parsed {
  events: { event: string; data: string; id: string }[]
  hints: Hint[]
  comments: string[]
  retry: number | undefined
  lastEventId: string
}

/** One that reads a response's body, on its own account or one read at a time. */
export class Client {
  readonly chunks: Uint8Array[] = []
  /** True once the body has ended as it should. */
  ended = false
  /** What the body was cut with. */
  error: unknown
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>

  constructor(response: Response) {
    if (!response.body) throw new Error('Response has no body')
    this.#reader = response.body.getReader()
  }

  /** Read one chunk. Resolves with false at the end. */
  async read(): Promise<boolean> {
    try {
      const { done, value } = await this.#reader.read()
      if (value) this.chunks.push(value)
      if (done) this.ended = true
      return !done
    } catch (error) {
      this.error = error
      return false
    }
  }

  /** Read on until the end, without being waited for. */
  follow(): this {
    void this.#followOn()
    return this
  }

  cancel(reason?: unknown): Promise<void> {
    return this.#reader.cancel(reason)
  }

  get byteLength(): number {
    return this.chunks.reduce((sum, { length }) => sum + length, 0)
  }

  get text(): string {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return this.chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  }

  get parsed(): Parsed {
    return parse(this.chunks)
  }

  get data(): string[] {
    return this.parsed.events.map(({ data }) => data)
  }

  async #followOn(): Promise<void> {
    while (await this.read());
  }
}

/** Parse chunks as a client would. */
export function parse(chunks: Iterable<Uint8Array>): Parsed {
  const parsed: Parsed = { events: [], hints: [], comments: [], retry: undefined, lastEventId: '' }
  const parser = new EventStreamParser({
    onEvent: ({ event, data, id }) => parsed.events.push({ event, data, id }),
    onComment: (text) => {
      const hint = parseHint(text)
      if (hint) parsed.hints.push(hint)
      else parsed.comments.push(text)
    },
  })
  for (const chunk of chunks) parser.push(chunk)
  parser.end()
  parsed.retry = parser.reconnectionTime
  parsed.lastEventId = parser.lastEventId
  return parsed
}
