import { EventStreamParser } from '../../wire/parse.ts'
import { parsePositionId } from '../../wire/position.ts'
import type { Asked } from './asked.ts'
import { headLike } from '../response-head.ts'
import { HeldStream } from './held-stream.ts'
import type { ResumingFetchOptions } from './options.ts'

/** Bytes of an answer that are looked at to find out what its ids are. */
const maxPeek = 65_536

/** The bytes of an event stream: those of one answer, or of all that it takes, if it can be read on. */
export class ResumingBody {
  readonly #response: Response
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #asked: Asked
  readonly #options: ResumingFetchOptions
  /** What was read to decide. */
  readonly #peeked: Uint8Array[] = []
  #held: HeldStream | undefined
  #isDecided = false
  #isCancelled = false

  constructor(response: Response, body: ReadableStream<Uint8Array>, asked: Asked, options: ResumingFetchOptions) {
    this.#response = response
    this.#reader = body.getReader()
    this.#asked = asked
    this.#options = options
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (!this.#isDecided) await this.#decide()
    const { value } = await (this.#held ?? this).next()
    if (this.#isCancelled) return
    if (value) controller.enqueue(value)
    else controller.close()
  }

  async cancel(reason: unknown): Promise<void> {
    this.#isCancelled = true
    if (this.#held) this.#held.close()
    else await this.#reader.cancel(reason)
  }

  /** The next bytes of the answer; none at its end. */
  async next(): Promise<{ value?: Uint8Array | undefined }> {
    const value = this.#peeked.shift()
    return value ? { value } : await this.#reader.read()
  }

  async #decide(): Promise<void> {
    const url = this.#resource()
    const hasPositions = url !== undefined && (await this.#hasPositions())
    this.#isDecided = true
    if (url === undefined || this.#isCancelled || !(hasPositions || url === this.#named)) return
    const first = headLike(this.#response, this.#whole())
    this.#held = new HeldStream({ url, first, hasPositions, asked: this.#asked }, this.#options)
  }

  // The answer again, with what was read of it.
  #whole(): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      const { value } = await this.next()
      if (value) controller.enqueue(value)
      else controller.close()
    }
    return new ReadableStream({ pull, cancel: (reason) => this.#reader.cancel(reason) }, { highWaterMark: 0 })
  }

  // What a GET can ask for: what the answer says that it is, or what was asked for by one.
  #resource(): string | undefined {
    return this.#named ?? (this.#asked.method === 'GET' ? this.#asked.url : undefined)
  }

  // The application's headers are not for whom a server names: only its own origin counts.
  get #named(): string | undefined {
    const location = this.#response.headers.get('content-location')
    const base = this.#response.url || this.#asked.url
    const url = location !== null && URL.canParse(location, base) ? new URL(location, base) : undefined
    return url?.origin === new URL(this.#asked.url).origin ? url.href : undefined
  }

  // Reads up to the first id or event. A hub writes its position first of all.
  async #hasPositions(): Promise<boolean> {
    const verdicts: boolean[] = []
    const judge = (id: string | undefined): void => {
      verdicts.push(id !== undefined && parsePositionId(id) !== undefined)
    }
    const parser = new EventStreamParser({ onEvent: (_, ownId) => judge(ownId), onCheckpoint: judge })
    for (let size = 0; verdicts.length === 0 && size < maxPeek;) {
      // What it rejects with, it rejects with again when it is asked the next time.
      const { value } = await this.#reader.read().catch(() => ({ value: undefined }))
      if (!value) break
      this.#peeked.push(value)
      size += value.length
      parser.push(value)
    }
    return verdicts[0] === true
  }
}
