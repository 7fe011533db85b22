import type { Hub } from '@holdfast/core/hub'

type RunOptions = NonNullable<Parameters<Hub['run']>[2]>

/**
 * Run with a `linger` whose readers are at the topic's object, where the hub of one request does not see them: it is
 * asked, four times a `linger`.
 */
export async function withLinger(
  { linger = Infinity, ...options }: RunOptions,
  count: () => Promise<number>,
  run: (options: RunOptions) => Promise<void>,
): Promise<void> {
  if (linger === Infinity) return run(options)
  const lonely = new AbortController()
  let readAt = Date.now()
  const look = async (): Promise<void> => {
    // An object that cannot be asked has readers for all that is known.
    if ((await count().catch(() => 1)) > 0) readAt = Date.now()
    if (Date.now() - readAt >= linger) lonely.abort()
  }
  const timer = setInterval(() => void look(), Math.max(linger / 4, 100))
  const signal = options.signal ? AbortSignal.any([options.signal, lonely.signal]) : lonely.signal
  try {
    await run({ ...options, signal })
  } catch (error) {
    // Broken off for want of readers, which is no failure to whoever started it.
    if (!lonely.signal.aborted || options.signal?.aborted) throw error
  } finally {
    clearInterval(timer)
  }
}
