import type { RingEntry } from '../fanout/chunk.ts'
import { formatBody } from '../wire/encode.ts'
import { joinPositions, type WrittenPosition } from '../wire/position.ts'
import type { BrokerEvent, StoredEvent } from './broker/broker.ts'
import type { HubEvent } from './types.ts'

/**
 * What lies in a topic's log, and what becomes of it in a ring.
 *
 * What is there beside what was published stands in the names of events, after an LF, which nobody can publish. A name
 * that begins with LF is a mark, which no client dispatches: a run begins (`run`), is still alive (`lease`), the topic has
 * ended (`end`); somebody wants the run stopped (`stop`), or waits to take it over (`heir`). What a run stores, events as
 * well as marks, has a sign of the run behind its name.
 */

/** How a topic ended: its producer finished, or broke off. */
export type End = 'done' | 'failed'

/** How far a run is, as everything that it stores says. */
export interface RunSign {
  readonly id: string
  /** How often it was taken over from a producer that had died. */
  readonly attempt: number
  /** How much it has stored, counted from 0: each has a slot of its own, which one process fills. */
  readonly slot: number
  /** How many of these are events. */
  readonly written: number
  /** Milliseconds: who stores nothing for so long is dead. 0 for one that others must not judge. */
  readonly lease: number
  /** When it was stored, by its process's clock: milliseconds since 1970. */
  readonly at: number
}

const [run, lease, end, stop, heir] = ['\nrun', '\nlease', '\nend', '\nstop', '\nheir'] as const
const signShape = /^([0-9a-z]+) (\d+) (\d+) (\d+) (\d+) (\d+)$/

/** A producer begins, or goes on where another one died. @param claim - tells two apart that claim the same slot */
export function runMark(sign: RunSign, claim: string): BrokerEvent {
  return { event: signed(run, sign), data: claim }
}

/** A producer that has had nothing else to store is alive. */
export function leaseMark(sign: RunSign): BrokerEvent {
  return { event: signed(lease, sign), data: '' }
}

/** Nothing more will come, unless somebody publishes again. @param sign - of the run that ends */
export function endMark(how: End, sign?: RunSign): BrokerEvent {
  return { event: sign ? signed(end, sign) : end, data: how }
}

/** The producer of a run shall stop. */
export function stopMark(runId: string): BrokerEvent {
  return { event: stop, data: runId }
}

/** Somebody waits for the producer of a run to die, to go on in its place. */
export function heirMark(runId: string): BrokerEvent {
  return { event: heir, data: runId }
}

/** An event as a run stores it. */
export function runEvent({ event, data }: BrokerEvent, sign: RunSign): BrokerEvent {
  return { event: signed(event || 'message', sign), data }
}

/** Whether it says how the topic stands: a mark, or what a run stored. */
export function saysState({ event }: StoredEvent): boolean {
  return event?.includes('\n') === true
}

export function isMark({ event }: StoredEvent): boolean {
  return event?.startsWith('\n') === true
}

/** The name that an event was published with. */
export function typeOf({ event }: StoredEvent): string | undefined {
  const at = event?.lastIndexOf('\n') ?? -1
  if (at < 0) return event
  const name = event?.slice(0, at)
  return name === 'message' ? undefined : name
}

/** How the topic ended, where this is the mark that says so. */
export function endOf({ event, data }: StoredEvent): End | undefined {
  if (!event?.startsWith(end)) return undefined
  return data === 'failed' ? 'failed' : 'done'
}

/** The sign of the run that stored it. */
export function signOf({ event }: StoredEvent): RunSign | undefined {
  const end = event?.lastIndexOf('\n') ?? 0
  const [, id, ...numbers] = (end > 0 && signShape.exec((event as string).slice(end + 1))) || []
  if (id === undefined) return undefined
  const [attempt, slot, written, lease, at] = numbers.map(Number) as [number, number, number, number, number]
  return { id, attempt, slot, written, lease, at }
}

export function asksToStop({ event, data }: StoredEvent, runId: string): boolean {
  return event === stop && data === runId
}

export function announcesHeir({ event }: StoredEvent): boolean {
  return event === heir
}

function signed(name: string, { id, attempt, slot, written, lease, at }: RunSign): string {
  return `${name}\n${id} ${attempt} ${slot} ${written} ${Math.ceil(lease)} ${Math.floor(at)}`
}

const encoder = new TextEncoder()
// With an id line before it: sets the client's last event ID and dispatches nothing.
const blankLine = encoder.encode('\n')

function encodeBody(stored: StoredEvent): Uint8Array {
  return isMark(stored) ? blankLine : encoder.encode(formatBody({ event: typeOf(stored), data: stored.data }))
}

/**
 * The entry of an event, for all who read its topic. Its id tells of this topic only: the whole of one for a reader of no
 * other, and all that `connect()` needs. A mark is only a checkpoint.
 */
export function eventEntry(topic: string, stored: StoredEvent, position: WrittenPosition): RingEntry<HubEvent> {
  const id = joinPositions([position])
  const body = encodeBody(stored)
  if (isMark(stored)) return { id, body, position, comment: true }
  return { id, body, position, event: new DeliveredEvent(topic, typeOf(stored) ?? 'message', stored.data, id) }
}

/** An event as loops and filters see it. A class, so that `json` costs nothing per event and is not among its own fields. */
export class DeliveredEvent implements HubEvent {
  declare readonly topic: string
  declare readonly event: string
  declare readonly data: string
  declare readonly id: string

  constructor(topic: string, event: string, data: string, id: string) {
    this.topic = topic
    this.event = event
    this.data = data
    this.id = id
  }

  json<T = unknown>(): T {
    return JSON.parse(this.data) as T
  }
}
