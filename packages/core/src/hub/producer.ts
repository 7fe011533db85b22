import { orAborted } from '../abort.ts'
import type { Environment } from '../environment.ts'
import type { End } from './marks.ts'
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
export async function produce(options: ProducerOptions): Promise<End> {
  const { source, publish, signal } = options
  const lonely = new AbortController()
  const unwatch = watchReaders(options, () => lonely.abort())
  const stop = AbortSignal.any([signal, lonely.signal])
  const iterator = source[Symbol.asyncIterator]()
  let finished = false
  try {
    for (;;) {
      const step = await orAborted(iterator.next(), stop)
      finished = step?.done === true
      if (!step || step.done) break
      await publish(typeof step.value === 'string' ? { data: step.value } : step.value)
    }
    signal.throwIfAborted()
    return finished ? 'done' : 'failed'
  } finally {
    unwatch()
    // Not awaited: a generator parked on its own promise returns only when that settles.
    if (!finished) iterator.return?.()?.then(undefined, () => {})
  }
}

function watchReaders({ linger, hasReaders, environment }: ProducerOptions, onLonely: () => void): () => void {
  if (linger === Infinity) return () => {}
  let readAt = environment.now()
  let timer: unknown
  const look = (): void => {
    if (hasReaders()) readAt = environment.now()
    if (environment.now() - readAt >= linger) onLonely()
    else timer = environment.setTimer(look, Math.max(linger / 4, 10))
  }
  look()
  return () => environment.clearTimer(timer)
}
