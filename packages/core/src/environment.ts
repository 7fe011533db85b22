import { type Clock, systemClock } from './clock.ts'
import { systemTurns, type Turns } from './turns.ts'

/** What the core takes from the world around it: time, timers, chance, and the ends of turns. */
export interface Environment extends Clock, Turns {}

/** The real world. */
export const systemEnvironment: Environment = { ...systemClock, ...systemTurns }
