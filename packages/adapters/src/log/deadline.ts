import { HoldfastError } from '@holdfast/core'
import { BrokerUnavailableError } from '@holdfast/core/hub'

/** What the engine did not do in time: its connection is not to be trusted any more. */
export class EngineTimeoutError extends BrokerUnavailableError {}

/** What bounds one exchange with an engine. */
export interface Deadline {
  /** The action as an error message tells of it: "publish". */
  what: string
  /** Milliseconds. */
  timeout: number
  /** Aborted, it rejects with its reason. */
  signal?: AbortSignal | undefined
}

/**
 * Do something with the engine, within its time.
 *
 * @param action - is given a signal that says when nobody waits for it any more
 * @throws {EngineTimeoutError} the time is over
 * @throws {BrokerUnavailableError} the action failed; the cause says how
 */
export function withinDeadline<T>(
  { what, timeout, signal }: Deadline,
  action: (given: AbortSignal) => Promise<T>,
): Promise<T> {
  const given = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const fail = (error: unknown): void => {
      given.abort(error)
      reject(error)
    }
    const abort = (): void => fail(signal?.reason)
    const timer = setTimeout(() => fail(new EngineTimeoutError(`Cannot ${what}: no answer in ${timeout} ms`)), timeout)
    signal?.addEventListener('abort', abort, { once: true })
    const settled = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    if (signal?.aborted) abort()
    else
      action(given.signal)
        .then(resolve, (error: unknown) => reject(unavailable(what, error)))
        .finally(settled)
    if (given.signal.aborted) settled()
    else given.signal.addEventListener('abort', settled, { once: true })
  })
}

/** As an error that the hub knows. */
function unavailable(what: string, cause: unknown): HoldfastError {
  if (cause instanceof HoldfastError) return cause
  return new BrokerUnavailableError(`Cannot ${what}: the engine failed`, { cause })
}
