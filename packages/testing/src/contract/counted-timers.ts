/**
 * Replaces the global timers with counting ones, so that a contract can see that closed streams leave none behind.
 * Import it before anything that might keep a reference to the real ones.
 */

interface TimerGlobals {
  setTimeout(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): unknown
  setInterval(callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]): unknown
  clearTimeout(handle: unknown): void
  clearInterval(handle: unknown): void
}

const globals = globalThis as unknown as TimerGlobals
const { setTimeout, setInterval, clearTimeout, clearInterval } = globals
const active = new Set<unknown>()

/** How many timers are set and neither fired nor cleared. */
export function activeTimers(): number {
  return active.size
}

/** Wait without being counted. Ends early, and quietly, with the signal. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout.call(globalThis, timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout.call(globalThis, finish, milliseconds)
    signal?.addEventListener('abort', finish)
    if (signal?.aborted) finish()
  })
}

// A handle may be cleared through its number (Node's Timeout converts to one), so it is compared as it was given only:
// the core and the adapters pass back what they got. Called with globalThis because workerd refuses any other `this`.
globals.setTimeout = (callback, delay, ...args) => {
  const run = (): void => {
    active.delete(handle)
    callback(...args)
  }
  const handle = setTimeout.call(globalThis, run, delay)
  active.add(handle)
  return handle
}
globals.setInterval = (callback, delay, ...args) => {
  const handle = setInterval.call(globalThis, callback, delay, ...args)
  active.add(handle)
  return handle
}
globals.clearTimeout = (handle) => {
  active.delete(handle)
  clearTimeout.call(globalThis, handle)
}
globals.clearInterval = (handle) => {
  active.delete(handle)
  clearInterval.call(globalThis, handle)
}
