import type { BrokerEvent, StoredEvent } from '@holdfast/core/hub'

/**
 * Events packed together: one row of a log, one message of an engine.
 *
 * JSON, since it carries what other texts do not: NUL, at which Deno 2.9 ends a text that it reads from SQLite, and
 * lone surrogates, which UTF-8 has no bytes for.
 */
export interface Packed {
  /** The offset of the first. */
  first: number
  count: number
  /** A JSON array of `[data]` and `[data, type]`. */
  text: string
}

/** One of them. */
export type PackedEvent = [data: string, event?: string]

/** Pack events into texts of about `size` characters, or of one event that is larger. */
export function pack(events: readonly BrokerEvent[], first: number, size: number): Packed[] {
  const packed: Packed[] = []
  let texts: string[] = []
  let length = 0
  const close = (): void => {
    if (texts.length > 0) packed.push({ first, count: texts.length, text: `[${texts.join()}]` })
    first += texts.length
    texts = []
    length = 0
  }
  for (const { data, event } of events) {
    const text = JSON.stringify(event === undefined ? [data] : [data, event])
    if (length + text.length > size) close()
    texts.push(text)
    length += text.length
  }
  close()
  return packed
}

/** The events of a text, at their positions. */
export function unpack(epoch: number, { first, text }: Packed): StoredEvent[] {
  return toStoredEvents(epoch, first, JSON.parse(text) as PackedEvent[])
}

/** Events that follow each other from an offset on. */
export function toStoredEvents(epoch: number, first: number, events: readonly PackedEvent[]): StoredEvent[] {
  return events.map(([data, event], index) => {
    const position = { epoch, offset: first + index }
    return event === undefined ? { position, data } : { position, event, data }
  })
}
