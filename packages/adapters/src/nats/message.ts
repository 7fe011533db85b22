import type { BrokerEvent, Position, StoredEvent } from '@holdfast/core/hub'
import { headers, type MsgHdrs } from '@nats-io/transport-node'
import { unpack } from '../packed.ts'

const positionHeader = 'Holdfast-Position'
const publisherHeader = 'Holdfast-Publisher'
const idHeader = 'Nats-Msg-Id'
const afterHeader = 'Nats-Expected-Last-Subject-Sequence'

/** A message of a topic: what was published together. */
export interface LogMessage {
  /** Its place in the stream. */
  seq: number
  epoch: number
  /** The offset of its first event. */
  first: number
  count: number
  /** Its events as JSON. */
  text: string
  /** The place of the topic's last message that its publisher knew. */
  after: number
  publisher: string | undefined
  /** The name under which it was stored once. */
  id: string | undefined
}

/** What a message says about its place in the topic's log, and about who published it. */
export function positionHeaders(epoch: number, first: number, count: number, publisher = ''): MsgHdrs {
  const written = headers()
  written.set(positionHeader, `${epoch}-${first}-${count}`)
  if (publisher) written.set(publisherHeader, publisher)
  return written
}

/** Read a message; undefined for one that is not ours. */
export function parseMessage(message: {
  seq: number
  headers?: MsgHdrs | undefined
  header?: MsgHdrs
  string(): string
}): LogMessage | undefined {
  const written = message.headers ?? message.header
  const [, epoch, first, count] = /^(\d+)-(\d+)-(\d+)$/.exec(written?.get(positionHeader) ?? '') ?? []
  if (epoch === undefined) return undefined
  const place = { seq: message.seq, epoch: Number(epoch), first: Number(first), count: Number(count) }
  const after = Number(written?.get(afterHeader) || 0)
  const publisher = written?.get(publisherHeader) || undefined
  return { ...place, text: message.string(), after, publisher, id: written?.get(idHeader) || undefined }
}

/** The position of a message's last event. */
export function endOf({ epoch, first, count }: LogMessage): Position {
  return { epoch, offset: first + count - 1 }
}

export function eventsOf({ epoch, first, count, text }: LogMessage): StoredEvent[] {
  return unpack(epoch, { first, count, text })
}

export function formatEvents(events: readonly BrokerEvent[]): string {
  return JSON.stringify(events.map(({ data, event }) => (event === undefined ? [data] : [data, event])))
}
