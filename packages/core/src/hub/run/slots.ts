import type { Clock } from '../../clock.ts'
import { comparePositions } from '../../wire/position.ts'
import type { Broker, BrokerEvent, Position, StoredEvent } from '../broker/broker.ts'
import { BrokerUnavailableError } from '../errors.ts'
import type { RunSign } from '../entries.ts'

/** The log of one topic, as runs write to it. */
export interface RunLog extends Pick<Broker, 'read'> {
  readonly topic: string
  publish(event: BrokerEvent, key?: string): ReturnType<Broker['publish']>
}

/** How hard to try. */
export interface FillOptions {
  clock: Clock
  /** Milliseconds to try again while the broker is away. */
  patience: number
  signal: AbortSignal
}

/** What became of a slot that was to be filled; the holder is unknown where the history does not have it any more. */
export type Filling = { filled: true } | { filled: false; holder: StoredEvent | undefined; position: Position }

/** The key of a run's beginning: it lets one process begin. */
export function runKey(key: string): string {
  return `run:${key}`
}

/** The key of everything else that a run stores. */
export function slotKey({ id, slot }: RunSign): string {
  return `run#${id}#${slot}`
}

/**
 * Fill a slot of a run, unless it is filled. That is the whole fence: whoever fills the slot after the newest sign knows
 * that nobody else has stored anything since, and whoever finds it filled knows that he is not alone.
 *
 * @throws {BrokerUnavailableError} the broker stayed away
 */
export async function fillSlot(log: RunLog, event: BrokerEvent, key: string, options: FillOptions): Promise<Filling> {
  const { position, duplicate } = await persist(() => log.publish(event, key), options)
  if (!duplicate) return { filled: true }
  const before = { ...position, offset: position.offset - 1 }
  const page = await persist(() => log.read(log.topic, before, 1), options)
  const holder = page.events.find((stored) => comparePositions(stored.position, position) === 0)
  // The same to the letter: this process did it, and the broker's answer was lost.
  if (holder?.event === event.event && holder?.data === event.data) return { filled: true }
  return { filled: false, holder, position }
}

const [firstDelay, longestDelay] = [50, 1_000]

// Only what has a key is tried again, so nothing is stored twice.
async function persist<T>(action: () => Promise<T>, { clock, patience, signal }: FillOptions): Promise<T> {
  const until = clock.now() + patience
  for (let delay = firstDelay; ; delay = Math.min(2 * delay, longestDelay)) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof BrokerUnavailableError) || clock.now() + delay >= until || signal.aborted) throw error
    }
    await pause(clock, delay * (0.5 + 0.5 * clock.random()), signal)
  }
}

function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clock.clearTimer(timer)
      signal.removeEventListener('abort', go)
      resolve()
    }
    const timer = clock.setTimer(go, delay)
    signal.addEventListener('abort', go, { once: true })
  })
}
