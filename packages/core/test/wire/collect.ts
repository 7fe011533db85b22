import { EventStreamParser, type EventStreamParserOptions } from '../../src/wire/parse.ts'

export interface Collected {
  events: [event: string, data: string, id: string][]
  retry: number[]
  comments: string[]
  /** The id line of each block that had one: an event's own, or a checkpoint's. */
  ids: string[]
  checkpoints: string[]
  lastEventId: string
  reconnectionTime: number | undefined
}

const encoder = new TextEncoder()

export function bytesOf(input: string | number[]): Uint8Array {
  return typeof input === 'string' ? encoder.encode(input) : Uint8Array.from(input)
}

/** Everything a parser makes of these chunks, ended. */
export function collect(chunks: Iterable<Uint8Array>, options?: EventStreamParserOptions): Collected {
  const collected: Collected = {
    events: [],
    retry: [],
    comments: [],
    ids: [],
    checkpoints: [],
    lastEventId: '',
    reconnectionTime: undefined,
  }
  const parser = new EventStreamParser(
    {
      onEvent: ({ event, data, id }, ownId) => {
        collected.events.push([event, data, id])
        if (ownId !== undefined) collected.ids.push(ownId)
      },
      onRetry: (milliseconds) => collected.retry.push(milliseconds),
      onComment: (text) => collected.comments.push(text),
      onCheckpoint: (id) => {
        collected.ids.push(id)
        collected.checkpoints.push(id)
      },
    },
    options,
  )
  for (const chunk of chunks) parser.push(chunk)
  parser.end()
  collected.lastEventId = parser.lastEventId
  collected.reconnectionTime = parser.reconnectionTime
  return collected
}

/** The chunks of `size` bytes each; the last one may be shorter. */
export function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size))
  return chunks
}
