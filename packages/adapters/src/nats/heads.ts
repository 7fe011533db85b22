import type { LogStream } from './stream.ts'
import { endOf, type LogMessage } from './message.ts'
import { settle } from './settle.ts'
import type { Position } from '@holdfast/core/hub'
import { LatestMap } from '../latest-map.ts'

/** Where a topic is. */
export interface Head {
  /** The place of its last message in the stream, 0 for none. */
  seq: number
  position: Position
}

/** Topics, at least. */
const remembered = 10_000

/** Where the topics were that this broker has published to lately: a publish then asks the server once. */
export class Heads {
  readonly #stream: LogStream
  readonly #heads = new LatestMap<string, Head>(remembered)

  constructor(stream: LogStream) {
    this.#stream = stream
  }

  /** As remembered, which may be out of date, or as the stream says. */
  async remembered(token: string): Promise<Head> {
    return this.#heads.get(token) ?? (await this.current(token))
  }

  async current(token: string): Promise<Head> {
    const last = await this.#stream.last(token)
    if (last) return { seq: last.seq, position: endOf((await settle(this.#stream, token, last)).last) }
    return { seq: 0, position: { epoch: await this.#stream.epochOfUnused(), offset: 0 } }
  }

  remember(token: string, head: Head): void {
    this.#heads.set(token, head)
  }

  forget(token: string): void {
    this.#heads.delete(token)
  }

  /** Another broker may have published. */
  saw(token: string, message: LogMessage): void {
    const known = this.#heads.get(token)
    if (!known || known.seq >= message.seq) return
    const { epoch, offset } = known.position
    const isNext = message.epoch === epoch && message.first === offset + 1
    if (isNext) this.#heads.set(token, { seq: message.seq, position: endOf(message) })
    else this.forget(token)
  }
}
