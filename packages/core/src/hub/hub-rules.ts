import type { Rule, RulesOf } from '../check-options.ts'
import {
  abortSignal,
  amount,
  anything,
  callback,
  duration,
  having,
  membersOf,
  text,
  wholeFrom,
} from '../option-rules.ts'
import { streamOptions } from '../response/stream-rules.ts'
import type { Hub, HubOptions, ReadOptions, RespondOptions, RunOptions } from './types.ts'

/** What the options of a hub and of its methods may be. */

type OptionsOf<Method extends keyof Hub, At extends number> = NonNullable<Parameters<Hub[Method]>[At]>

export const hubOptions: RulesOf<HubOptions> = {
  broker: /* @__PURE__ */ having(
    'a broker, such as memoryBroker() or sqliteBroker(path)',
    'publish',
    'read',
    'subscribe',
    'close',
  ),
  stream: streamOptions,
  maxSubscribers: amount,
  acknowledge: { timeout: duration },
  load: callback,
  onOpen: callback,
  onClose: callback,
  onError: callback,
  trace: callback,
}

export const respondOptions: RulesOf<RespondOptions> = {
  // They must be there, so they are looked at by themselves.
  topics: anything,
  start: ['now', 'last', 'earliest'],
  filter: callback,
  identity: text,
  // One that is long past closes at once, and does not fail: it may come from a token.
  expiresAt: (given) =>
    typeof given === 'number' && !Number.isNaN(given) ? '' : 'a number of milliseconds since 1970',
  stream: streamOptions,
}

export const publishOptions: RulesOf<OptionsOf<'publish', 2>> = { key: text, signal: abortSignal }

export const runOptions: RulesOf<RunOptions> = {
  key: text,
  linger: duration,
  lease: (given) => (Number.isFinite(given) && Number(given) >= 0 ? '' : 'a number of milliseconds, or 0 for no judge'),
  signal: abortSignal,
}

/** What {@link Hub.run} may be given to publish. */
export const runSource: Rule = (given) =>
  typeof given === 'function' || membersOf(given)[Symbol.asyncIterator]
    ? ''
    : 'an async iterable, or a function that returns one'

export const readOptions: RulesOf<ReadOptions> = {
  after: text,
  limit: /* @__PURE__ */ wholeFrom(1, 1_000),
  signal: abortSignal,
}

export const subscribeOptions: RulesOf<OptionsOf<'subscribe', 1>> = { lastEventId: text, signal: abortSignal }

export const aMatch: RulesOf<OptionsOf<'disconnect', 0>> = { identity: text, topic: text }

export const drainOptions: RulesOf<OptionsOf<'drain', 0>> = { within: duration }
