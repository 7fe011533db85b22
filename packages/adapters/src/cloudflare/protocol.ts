import type { BrokerEvent, Position, StoredEvent } from '@holdfast/core/hub'

/**
 * What a Worker and a topic's object say to each other.
 *
 * Events are packed as JSON once, when they are stored: the same text lies in the object's row, travels to every
 * subscriber, and is a page of history. JSON also carries what SQLite's text and a header cannot: NUL and lone surrogates.
 */

/** The origin of requests to an object; only the query is looked at. */
export const objectUrl = 'https://hub-object.holdfast'

/** A subscriber's sign of life. The runtime answers it without waking the object. */
export const ping = 'ping'
export const pong = 'pong'

/** How often a Worker says {@link ping}, in milliseconds. */
export const pingEvery = 25_000
/** After this silence the other side counts as gone: two pings that went astray, and some delay. */
export const leaseTime = 70_000

/** Holds what an object tells a new subscriber, in the answer to its upgrade. */
export const helloHeader = 'holdfast-hello'
/** Asks the object for the event stream itself, and says how; JSON. */
export const directHeader = 'holdfast-direct'

/** Who opens a WebSocket: an event stream, a loop in a Worker, or a line on which no events come. */
export type SubscriberKind = 'stream' | 'reader' | 'line'

/** Where a topic is when a subscription begins. */
export interface Hello {
  head: Position
  /** The event at `head`, when it is short: so that a Worker need not ask how the topic ended. */
  last?: StoredEvent | undefined
}

/** What travels on a WebSocket beside events. */
export type Control = { disconnect: true } | { signal: string }

/** Events packed together. */
export interface Packed {
  /** The offset of the first. */
  first: number
  count: number
  /** A JSON array of `[data]` and `[data, type]`. */
  text: string
}

/** One page of history, packed. */
export interface PackedPage {
  head: Position
  /** A {@link formatBatch}, or undefined for none. */
  batch: string | undefined
  more: boolean
  gap?: 'trimmed' | 'new-epoch' | undefined
}

type PackedEvent = [data: string, event?: string]

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

/** Write events that follow each other as one message. */
export function formatBatch(epoch: number, packed: readonly Packed[]): string {
  return `[${epoch},${packed[0]?.first ?? 0},${packed.map(({ text }) => text).join()}]`
}

/** Read what {@link formatBatch} wrote, from the event after `offset` on. */
export function parseBatch(text: string, offset = 0): StoredEvent[] {
  const [epoch, first, ...packed] = JSON.parse(text) as [number, number, ...PackedEvent[][]]
  const events: StoredEvent[] = []
  let next = first
  for (const [data, event] of packed.flat()) {
    const position = { epoch, offset: next++ }
    if (position.offset > offset) events.push(event === undefined ? { position, data } : { position, event, data })
  }
  return events
}

/** Whether a message is a batch of events; everything else is a {@link Control}. */
export function isBatch(text: string): boolean {
  return text.startsWith('[')
}

/** Write a value so that a header can carry it. */
export function toHeader(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
