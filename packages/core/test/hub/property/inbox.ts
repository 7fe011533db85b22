import type { Sink } from '../../../src/fanout/sink.ts'
import type { Random } from './random.ts'

/** Where the bytes of one connection wait for their client, who takes them when the scheduler says so. */
export class Inbox implements Sink {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  readonly chunks: Uint8Array[] = []
  ended = false
  readonly #random: Random
  #full = false

  constructor(random: Random) {
    this.#random = random
  }

  write(chunk: Uint8Array): boolean {
    this.chunks.push(chunk.slice())
    this.#full = this.#random.chance(0.5)
    return !this.#full
  }

  end(): void {
    this.ended = true
  }

  abort(): void {
    // What was written and not taken is lost with the connection.
    this.chunks.length = 0
    this.ended = true
  }

  drain(): void {
    if (!this.#full) return
    this.#full = false
    this.onDrain?.()
  }
}
