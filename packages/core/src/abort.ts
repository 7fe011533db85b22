/**
 * A promise's result, or undefined as soon as `signal` is aborted.
 *
 * Not `Promise.race` with one promise for the signal: each race would leave a reaction on it for as long as it lives.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const settled = (): void => signal.removeEventListener('abort', abort)
    promise.then(resolve, reject).finally(settled)
  })
}
