import { type Clock, systemClock, Timer } from './clock.ts'

/** How long something goes on that nobody reads. */
export interface LingerOptions {
  /** Milliseconds; Infinity for no limit. */
  linger: number
  /** Asked four times a `linger`. One that cannot tell has readers for all that is known. */
  hasReaders(): boolean | Promise<boolean>
  clock?: Clock
}

const shortestLook = 10

/**
 * Run what may outlive its readers, since they may come back, but not for longer than `linger`: then the signal that
 * `run` gets is aborted.
 *
 * @throws what `run` throws
 */
export async function withLinger<T>(
  { linger, hasReaders, clock = systemClock }: LingerOptions,
  run: (lonely: AbortSignal) => Promise<T>,
): Promise<T> {
  const lonely = new AbortController()
  if (linger === Infinity) return run(lonely.signal)
  let readAt = clock.now()
  let isOver = false
  const look = async (): Promise<void> => {
    const isRead = await asked(hasReaders)
    if (isRead) readAt = clock.now()
    if (clock.now() - readAt >= linger) lonely.abort()
    else if (!isOver) timer.set(Math.max(linger / 4, shortestLook))
  }
  const timer = new Timer(clock, () => void look())
  void look()
  try {
    return await run(lonely.signal)
  } finally {
    isOver = true
    timer.clear()
  }
}

async function asked(hasReaders: LingerOptions['hasReaders']): Promise<boolean> {
  try {
    return await hasReaders()
  } catch {
    return true
  }
}
