import type { BrokerEvent, StoredEvent } from './broker/broker.ts'

/**
 * What lies in a topic's log beside what was published, all of it in the names of events, after an LF: nobody can publish
 * one. A name that begins with LF is a mark, which no client dispatches: a run begins (`run`), is still alive (`lease`),
 * the topic has ended (`end`); somebody wants the run stopped (`stop`), or waits to take it over (`heir`). What a run
 * stores, events as well as marks, has a sign of the run behind its name.
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
}

const [run, lease, end, stop, heir] = ['\nrun', '\nlease', '\nend', '\nstop', '\nheir'] as const
const signShape = /^([0-9a-z]+) (\d+) (\d+) (\d+) (\d+)$/

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
  const at = event?.lastIndexOf('\n') ?? 0
  const [, id, ...numbers] = (at > 0 && signShape.exec((event as string).slice(at + 1))) || []
  if (id === undefined) return undefined
  const [attempt, slot, written, lease] = numbers.map(Number) as [number, number, number, number]
  return { id, attempt, slot, written, lease }
}

export function asksToStop({ event, data }: StoredEvent, runId: string): boolean {
  return event === stop && data === runId
}

export function announcesHeir({ event }: StoredEvent): boolean {
  return event === heir
}

function signed(name: string, { id, attempt, slot, written, lease }: RunSign): string {
  return `${name}\n${id} ${attempt} ${slot} ${written} ${lease}`
}
