import type { StreamOptions } from '@holdfast/core'
import type { BrokerEvent, Position, RespondOptions, StoredEvent } from '@holdfast/core/hub'
import { type Packed, type PackedEvent, toStoredEvents } from '../packed.ts'

/**
 * What a Worker and a topic's object say to each other: the one file that both sides import.
 *
 * Events are packed as JSON once, when they are stored: the same text lies in the object's row, travels to every
 * subscriber, and is a page of history. JSON also carries what SQLite's text and a header cannot: NUL and lone surrogates.
 */

/** What a Worker calls an object for. */
export interface ObjectCalls {
  /** Store events and send them. */
  publish(events: readonly BrokerEvent[], key?: string): Promise<PublishResult>
  /** A page of history. */
  read(after: Position | 'earliest', limit: number): Promise<PackedPage>
  /** How many event streams there are. */
  count(): Promise<number>
  /** Close the event streams of an identity, or all. Resolves with how many it told. */
  disconnect(topic: string | undefined, identity: string | undefined): Promise<number>
  /** Pass a text on to whoever is on the line. Resolves with how many it told. */
  signal(text: string): Promise<number>
  /** Begin to produce. Resolves with whether it did. */
  startProducing(input: unknown, key?: string): Promise<boolean>
}

/** What publishing resolves with. */
export interface PublishResult {
  position: Position
  /** The key had been used before: nothing was stored. */
  duplicate: boolean
}

/** The origin of requests to an object; only the query is looked at. */
export const objectUrl = 'https://hub-object.holdfast'

/** Who opens a WebSocket. */
export interface SocketOwner {
  /** An event stream, a loop in a Worker, or a line on which no events come. */
  kind: 'stream' | 'reader' | 'line'
  /** Whose stream it is. */
  identity?: string | undefined
}

/** A subscriber's sign of life. The runtime answers it without waking the object. */
export const ping = 'ping'
export const pong = 'pong'
/** How often a Worker says {@link ping}, in milliseconds. */
export const pingEvery = 25_000
/** After this silence the other side counts as gone: two pings that went astray, and some delay. */
export const leaseTime = 70_000

/** Holds the {@link Hello}, in the answer to an upgrade. */
export const helloHeader = 'holdfast-hello'

/** Where a topic is when a subscription begins. */
export interface Hello {
  head: Position
  /** The event at `head`, when it is short: so that a Worker need not ask how the topic ended. */
  last?: StoredEvent | undefined
}

/** Asks the object for the event stream itself; holds the {@link DirectOptions}. */
export const directHeader = 'holdfast-direct'

/** How a Worker wants an object to answer with an event stream of its own. Status and headers are the Worker's to write. */
export interface DirectOptions {
  topic: string
  start?: RespondOptions['start']
  expiresAt?: number | undefined
  stream?: Pick<StreamOptions, 'heartbeat' | 'stallTimeout' | 'maxAge' | 'maxBufferedBytes' | 'retry'> | undefined
}

/** What travels on a WebSocket beside events. */
export type Control = { disconnect: true } | { signal: string }

/** One page of history, packed. */
export interface PackedPage {
  head: Position
  /** A {@link formatBatch}, or undefined for none. */
  batch: string | undefined
  more: boolean
  gap?: 'trimmed' | 'new-epoch' | undefined
}

/** Write events that follow each other as one message. */
export function formatBatch(epoch: number, packed: readonly Packed[]): string {
  return `[${epoch},${packed[0]?.first ?? 0},${packed.map(({ text }) => text).join()}]`
}

/** Read what {@link formatBatch} wrote. */
export function parseBatch(text: string): StoredEvent[] {
  const [epoch, first, ...packed] = JSON.parse(text) as [number, number, ...PackedEvent[][]]
  return toStoredEvents(epoch, first, packed.flat())
}

/** Whether a message is a batch of events; everything else is a {@link Control}. */
export function isBatch(text: string): boolean {
  return text.startsWith('[')
}

/** Write a value as JSON that a header can carry. Times that are Infinity become the largest number: JSON would make them null. */
export function toHeader(value: unknown): string {
  const finite = (_name: string, each: unknown): unknown => (each === Infinity ? Number.MAX_VALUE : each)
  return JSON.stringify(value, finite).replace(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
