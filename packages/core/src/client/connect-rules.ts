import type { RulesOf } from '../check-options.ts'
import { abortSignal, amount, anything, callback, duration, flag, having, membersOf, text } from '../option-rules.ts'
import type { ConnectOptions, RedundancyLevel } from './types.ts'

/** From the least to the most. */
export const levels: readonly RedundancyLevel[] = ['none', 'standby', 'full']

/** What the options of `connect()` may be. */
export const connectOptions: RulesOf<ConnectOptions> = {
  method: text,
  headers: 'an object or a function',
  body: anything,
  credentials: ['omit', 'same-origin', 'include'],
  fetch: callback,
  signal: abortSignal,
  lastEventId: text,
  store: /* @__PURE__ */ having('an object with get() and set()', 'get', 'set'),
  redundancy: aRange,
  heartbeat: duration,
  idleTimeout: duration,
  connectTimeout: duration,
  backoff: duration,
  acknowledge: flag,
  idempotent: flag,
  resumeUrl: 'a string, or an object of URL',
  maxEventBytes: amount,
  schema: aSchema,
  until: callback,
  onGap: callback,
}

function aRange(given: unknown): string {
  const { min, max, ...more } = typeof given === 'string' ? { min: given, max: given } : membersOf(given)
  const [least, most] = [levels.indexOf(min as RedundancyLevel), levels.indexOf(max as RedundancyLevel)]
  const isOne = given === 'auto' || (least >= 0 && least <= most && Object.keys(more).length === 0)
  return isOne ? '' : `auto, ${levels.join(', ')}, or { min, max } of the last three`
}

function aSchema(given: unknown): string {
  const isOne = (each: unknown): boolean => '~standard' in membersOf(each)
  const isSchema = isOne(given) || (typeof given === 'object' && Object.values(membersOf(given)).every(isOne))
  return isSchema ? '' : 'a Standard Schema, or an object with one for each event type'
}
