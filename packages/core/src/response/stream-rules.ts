import type { RulesOf } from '../check-options.ts'
import { amount, anything, callback, duration } from '../option-rules.ts'
import type { StreamOptions } from './options.ts'

/** What the options of a response may be. */
export const streamOptions: RulesOf<StreamOptions> = {
  heartbeat: duration,
  stallTimeout: duration,
  maxAge: duration,
  maxBufferedBytes: amount,
  // Whoever writes it checks it.
  retry: anything,
  status: (given) => (hasBody(given) ? '' : 'a number from 200 to 599 whose responses have a body'),
  headers: 'an object',
  onClose: callback,
  onError: callback,
}

function hasBody(status: unknown): boolean {
  return typeof status === 'number' && status >= 200 && status <= 599 && ![204, 205, 304].includes(status)
}
