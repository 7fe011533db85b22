import { type Clock, Timer } from '../clock.ts'

/** Wait for so many milliseconds, or until `signal` is aborted. Never rejects. */
export function pause(milliseconds: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const over = (): void => {
      timer.clear()
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = new Timer(clock, over)
    timer.set(milliseconds)
    signal.addEventListener('abort', over)
  })
}
