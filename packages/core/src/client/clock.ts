import type { Environment } from '../environment.ts'
import { longestTimer } from './constants.ts'

/** The part of the environment that the client needs. */
export interface Clock extends Pick<Environment, 'now' | 'wallTime' | 'setTimer' | 'clearTimer' | 'random'> {
  /**
   * The budgets of attempts: the connections of a process to one set of endpoints share one, and the clock stands for the
   * process. A budget is kept as the time at which it was empty last.
   */
  budgets?: Map<string, number>
}

/** The real one. Not the core's whole environment, which brings the ends of turns with it. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: Date.now,
  // Runtimes take a longer delay for none at all, and a server may say any number.
  setTimer: (callback, delay) => setTimeout(callback, Math.min(delay, longestTimer)),
  clearTimer: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  random: Math.random,
}

/** One callback that can be put off, brought forward and called off. */
export interface Timer {
  /** Call back after `delay` milliseconds instead of when it was due; without a delay, don't. */
  (delay?: number): void
  due?: boolean
}

export function createTimer(clock: Clock, callback: () => void): Timer {
  let handle: unknown
  const timer: Timer = (delay) => {
    if (timer.due) clock.clearTimer(handle)
    timer.due = delay !== undefined
    if (timer.due)
      handle = clock.setTimer(() => {
        timer.due = false
        callback()
      }, delay as number)
  }
  return timer
}
