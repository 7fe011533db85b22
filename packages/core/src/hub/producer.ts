import type { Environment } from '../environment.ts'
import { withLinger } from '../linger.ts'
import { untilAborted } from '../until-aborted.ts'
import type { BrokerEvent } from './broker/broker.ts'
import { type End, endMark, runMark } from './entries.ts'
import type { HubPublication, Published, RunOptions } from './types.ts'

/** What a run needs of its hub, for its topic. */
export interface RunParts {
  publish(event: HubPublication): Promise<unknown>
  mark(mark: BrokerEvent, key?: string): Promise<Published>
  hasReaders(): boolean
  /** The hub closes. */
  closing: AbortSignal
  environment: Environment
}

/**
 * Move a source's events to a topic, then end it. With a key that was used before, nothing is done.
 *
 * @throws what the source or `publish` throws, and the signal's reason
 */
export async function run(
  source: AsyncIterable<HubPublication | string>,
  { key, linger = Infinity, signal }: RunOptions,
  parts: RunParts,
): Promise<void> {
  const { mark, closing } = parts
  if (key !== undefined && (await mark(runMark, key)).duplicate) return
  const stop = signal ? AbortSignal.any([signal, closing]) : closing
  try {
    await mark(endMark(await produce(source, linger, stop, parts)))
  } catch (error) {
    // Of a hub that closes the topic is not over: its process may begin again.
    if (!closing.aborted) await mark(endMark('failed'))
    throw error
  }
}

// Goes on when readers leave, since they may come back; broken off for want of them, it has failed.
function produce(
  source: AsyncIterable<HubPublication | string>,
  linger: number,
  signal: AbortSignal,
  { publish, hasReaders, environment }: RunParts,
): Promise<End> {
  return withLinger({ linger, hasReaders, clock: environment }, async (lonely) => {
    for await (const event of untilAborted(source, AbortSignal.any([signal, lonely]))) {
      await publish(typeof event === 'string' ? { data: event } : event)
    }
    signal.throwIfAborted()
    return lonely.aborted ? 'failed' : 'done'
  })
}
