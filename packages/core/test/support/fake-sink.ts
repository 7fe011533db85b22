import type { Sink } from '../../src/fanout/sink.ts'
import { parse, type Parsed } from './client.ts'

/** A sink that is full when the test says so. */
export class FakeSink implements Sink {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  readonly chunks: Uint8Array[] = []
  /** `write` answers the opposite. */
  full = false
  /** Called in each write, before it answers. */
  onWrite: (() => void) | undefined
  ends = 0
  readonly aborts: unknown[] = []

  write(chunk: Uint8Array): boolean {
    this.chunks.push(chunk)
    this.onWrite?.()
    return !this.full
  }

  end(): void {
    this.ends++
  }

  abort(reason: unknown): void {
    this.aborts.push(reason)
  }

  drain(): void {
    this.onDrain?.()
  }

  get parsed(): Parsed {
    return parse(this.chunks)
  }

  get data(): string[] {
    return this.parsed.events.map(({ data }) => data)
  }
}
