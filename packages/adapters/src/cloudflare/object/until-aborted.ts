/**
 * A source that is over when `signal` is aborted, also where it is waiting just then. It is closed when its reader leaves.
 *
 * Not one race for all steps: each would leave a reaction on the signal's promise for as long as that lives.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
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
    // Not awaited: a generator parked on its own promise returns only when that settles.
    if (!finished) iterator.return?.().then(undefined, () => {})
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** A source that fails at once. */
export function failing(message: string): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error(message)) }) }
}
