import type { Environment } from '../environment.ts'
import { withLinger } from '../linger.ts'
import { untilAborted } from '../until-aborted.ts'
import type { End } from './entries.ts'
import type { HubPublication } from './types.ts'

/** How a producer is watched over. */
export interface ProducerOptions {
  source: AsyncIterable<HubPublication | string>
  publish(event: HubPublication): Promise<unknown>
  /** Milliseconds it may go on without readers. */
  linger: number
  hasReaders(): boolean
  /** Ends it: aborted by whoever started it. */
  signal: AbortSignal
  environment: Environment
}

/**
 * Move a source's events to a topic. It goes on when readers leave, since they may come back, but not for longer than
 * `linger`.
 *
 * @returns how it ended: `failed` when it was broken off for want of readers
 * @throws what the source or `publish` throws, and the signal's reason
 */
export function produce({ source, publish, linger, hasReaders, signal, environment }: ProducerOptions): Promise<End> {
  return withLinger({ linger, hasReaders, clock: environment }, async (lonely) => {
    const stop = AbortSignal.any([signal, lonely])
    for await (const event of untilAborted(source, stop)) {
      await publish(typeof event === 'string' ? { data: event } : event)
    }
    signal.throwIfAborted()
    return lonely.aborted ? 'failed' : 'done'
  })
}
