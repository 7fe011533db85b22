/**
 * A source that is over as soon as `signal` is aborted, also while it is waiting. The source is closed when its reader
 * leaves or `signal` ends it, but not waited for: a generator parked on its own promise returns only when that settles.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void> {
  const iterator = source[Symbol.asyncIterator]()
  let finished = false
  try {
    for (;;) {
      const step = await orAborted(iterator.next(), signal)
      finished = step?.done === true
      if (!step || step.done) return
      yield step.value
    }
  } finally {
    if (!finished) iterator.return?.()?.then(undefined, () => {})
  }
}

/** What a promise brings, or undefined as soon as `signal` is aborted. */
// Not `Promise.race` with one promise for the signal: each race would leave a reaction on it for as long as it lives.
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const settled = (): void => signal.removeEventListener('abort', abort)
    promise.then(resolve, reject).finally(settled)
  })
}
