import { comparePositions } from '../wire/position.ts'
import type { Broker, Position, StoredEvent } from './broker/broker.ts'
import type { TopicStatus } from './types.ts'
import { type End, endOf, isMark, type RunSign, signOf } from './entries.ts'

/** What a topic's log says of it, without its events. */
export interface TopicState {
  /** The newest sign of the run that goes on, or that was the last to end. */
  readonly run?: RunSign | undefined
  /** How it ended, unless it goes on. */
  readonly end?: End | undefined
}

/** The run that goes on. Whether its producer is alive, the log alone can't tell. */
export function runningIn({ run, end }: TopicState): RunSign | undefined {
  return end ? undefined : run
}

export function stateAfter(state: TopicState, stored: StoredEvent): TopicState {
  const [run, end] = [signOf(stored), endOf(stored)]
  if (run || end) return { run, end }
  // Publishing again begins a topic again; what is asked of a run does not.
  return state.end && !isMark(stored) ? {} : state
}

// A run that stores nothing renews its lease, so only what others published can stand after its newest sign.
const tailSize = 100

/** What the log says of a topic at `head`, from its newest events: from the very newest, where that one says it. */
export async function readState(broker: Pick<Broker, 'read'>, topic: string, head: Position): Promise<TopicState> {
  const newest = await readTail(broker, topic, head, 1)
  const isSaid = newest.every((stored) => signOf(stored) ?? endOf(stored))
  const events = isSaid || head.offset === 1 ? newest : await readTail(broker, topic, head, tailSize)
  return events.reduce(stateAfter, {})
}

/** Up to `size` events that end with `head`. */
export async function readTail(
  broker: Pick<Broker, 'read'>,
  topic: string,
  head: Position,
  size: number,
): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  let after: Position = { ...head, offset: Math.max(0, head.offset - size) }
  while (comparePositions(after, head) < 0) {
    const page = await broker.read(topic, after, head.offset - after.offset)
    const last = page.events.at(-1)
    // Trimmed, or lost with its epoch.
    if (!last) break
    events.push(...page.events.filter(({ position }) => comparePositions(position, head) <= 0))
    after = last.position
  }
  return events
}

// A producer renews its lease after a third of it. The rest is for the clocks of two machines, which differ.
const deadAfter = 2

/**
 * How a topic stands, by its log. Nobody needs to read for a run to count as failed: its newest sign says when it was
 * stored.
 *
 * @param now - milliseconds since 1970
 */
export async function readStatus(broker: Pick<Broker, 'read'>, topic: string, now: number): Promise<TopicStatus> {
  const { events, head } = await broker.read(topic, 'earliest', 1)
  if (events.length === 0) return 'unknown'
  const { run, end } = await readState(broker, topic, head)
  if (end) return end === 'failed' ? 'failed' : 'ended'
  if (!run) return 'open'
  return run.lease > 0 && now - run.at > deadAfter * run.lease ? 'failed' : 'running'
}

/** Where a topic is now. */
export async function readHead(broker: Pick<Broker, 'read'>, topic: string): Promise<Position> {
  return (await broker.read(topic, 'earliest', 1)).head
}
