import type { EventStream, StreamSource } from '@holdfast/core'
import { pause } from './counted-timers.ts'
import type { SourceRecord } from './journal.ts'

/** An event's data: its number, then padding up to `size` bytes, so that order and completeness can be checked. */
export function numbered(index: number, size: number): string {
  return `${index} `.padEnd(size, 'x')
}

/** The sources that `/stream?source=` offers. Each keeps its record up to date. */
export function createSource(kind: string, record: SourceRecord, query: URLSearchParams, pokes: Pokes): StreamSource {
  const count = Number(query.get('count') ?? 3)
  const size = Number(query.get('size') ?? 16)
  const every = Number(query.get('every') ?? 0)
  if (kind === 'generator') return generate(record, every || 50)
  return (stream) => {
    stream.signal.addEventListener('abort', () => (record.aborted = true))
    if (kind === 'quiet') return pokes.add(query.get('name') ?? '', stream)
    return run(stream, record, { count, size, every, throws: kind === 'throwing' })
  }
}

/** Quiet streams that a later request makes speak. */
export class Pokes {
  readonly #streams = new Map<string, EventStream>()

  add(name: string, stream: EventStream): void {
    this.#streams.set(name, stream)
    stream.signal.addEventListener('abort', () => this.#streams.delete(name))
  }

  async poke(name: string): Promise<boolean> {
    const stream = this.#streams.get(name)
    await stream?.send('poked')
    return stream !== undefined
  }

  finish(name: string): boolean {
    const stream = this.#streams.get(name)
    stream?.close()
    return stream !== undefined
  }
}

async function run(
  stream: EventStream,
  record: SourceRecord,
  options: { count: number; size: number; every: number; throws: boolean },
): Promise<void> {
  try {
    for (let index = 0; index < options.count; index++) {
      await stream.send(numbered(index, options.size))
      record.sent++
      if (options.every > 0) await pause(options.every, stream.signal)
    }
  } catch (error) {
    record.rejected = (error as { code?: string }).code ?? String(error)
    throw error
  } finally {
    record.finished = true
  }
  if (options.throws) throw new Error('an internal secret')
}

async function* generate(record: SourceRecord, every: number): AsyncGenerator<string> {
  try {
    for (;;) {
      yield String(record.sent++)
      await pause(every)
    }
  } finally {
    record.finished = true
  }
}
