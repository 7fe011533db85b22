import type { BrokerEvent, StoredEvent } from './broker/broker.ts'

// Marks are events of a topic's log that no client dispatches. Their names begin with LF, which nobody can publish.
const runName = '\nrun'
const endName = '\nend'

/** How a topic ended: its producer finished, or broke off. */
export type End = 'done' | 'failed'

/** Says that a producer has begun: published with the run's key, it lets only the first of them run. */
export const runMark: BrokerEvent = { event: runName, data: '' }

/** Says that nothing more will come, unless somebody publishes again. */
export function endMark(end: End): BrokerEvent {
  return { event: endName, data: end }
}

export function isMark({ event }: StoredEvent): boolean {
  return event?.startsWith('\n') === true
}

export function endOf({ event, data }: StoredEvent): End | undefined {
  if (event !== endName) return undefined
  return data === 'failed' ? 'failed' : 'done'
}
