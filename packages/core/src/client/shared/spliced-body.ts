import { EventStreamParser } from '../../wire/parse.ts'
import { formatPositionId, parsePositionId, type Position } from '../../wire/position.ts'
import type { JoinedStream } from './joined-stream.ts'

/** How often to ask whether the leader can bring what follows. */
const askInterval = 500

/** What a tab reads on a connection of its own, until it is so far that the leader can go on with it. */
export class SplicedBody {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #join: (id: string) => Promise<JoinedStream | undefined>
  readonly #now: () => number
  readonly #parser: EventStreamParser
  readonly #positions: Map<string, Position>
  #id: string
  #isBetweenEvents = true
  #joined: JoinedStream | undefined
  #isAsking = false
  #askedAt: number
  #isCancelled = false

  /** @param id - where the request resumed from */
  constructor(
    body: ReadableStream<Uint8Array>,
    id: string,
    join: (id: string) => Promise<JoinedStream | undefined>,
    now: () => number,
  ) {
    this.#reader = body.getReader()
    this.#join = join
    this.#now = now
    this.#askedAt = now()
    this.#id = id
    this.#positions = new Map(parsePositionId(id)?.positions)
    const learn = (own: string | undefined): void => this.#learn(own)
    this.#parser = new EventStreamParser({ onEvent: (_, own) => learn(own), onCheckpoint: learn, onTooLarge: learn })
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { value } = await (this.#joined ? this.#joined.next() : this.#reader.read())
    if (this.#isCancelled) return
    if (!value) return controller.close()
    controller.enqueue(value)
    if (this.#joined) return
    this.#parser.push(value)
    const end = value.length - 1
    this.#isBetweenEvents = value[end] === 10 && (value[end - 1] === 10 || value[end - 1] === 13)
    if (this.#isBetweenEvents && !this.#isAsking && this.#now() - this.#askedAt >= askInterval) await this.#ask()
  }

  async cancel(reason: unknown): Promise<void> {
    this.#isCancelled = true
    this.#joined?.close()
    await this.#reader.cancel(reason)
  }

  // Nothing is read meanwhile: so what the leader goes on with is what follows.
  async #ask(): Promise<void> {
    this.#askedAt = this.#now()
    if (this.#id === '') return
    const joined = await this.#join(this.#id)
    if (this.#isCancelled) return joined?.close()
    this.#joined = joined
    if (joined) await this.#reader.cancel()
  }

  #learn(own: string | undefined): void {
    if (own === undefined) return
    const positions = parsePositionId(own)?.positions
    for (const [key, position] of positions ?? []) this.#positions.set(key, position)
    this.#id = positions ? formatPositionId(undefined, this.#positions) : own
  }
}
