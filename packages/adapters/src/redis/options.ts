import { membersOf, type RulesOf } from '@holdfast/core/adapter'
import { type LogOptions, logRules } from '../log/bounds.ts'

/** Options of {@link redisBroker}. */
export interface RedisBrokerOptions extends LogOptions {
  /** What all keys and channels begin with. Hubs with the same one share their topics. Default `holdfast:`. */
  prefix?: string | undefined
}

export const redisOptions: RulesOf<RedisBrokerOptions> = {
  ...logRules,
  prefix: (given) =>
    typeof given === 'string' && !given.includes('{')
      ? ''
      : 'a string without "{", which would scatter a topic\'s keys',
}

/** What `redisBroker` takes. */
export function aClient(given: unknown): string {
  if (isIoredis(given)) return 'fromIoredis(client)'
  const { openLink, duplicate } = membersOf(given)
  return openLink || duplicate ? '' : 'a client of redis, as createClient() makes it, or fromIoredis(client)'
}

/** What `fromIoredis` takes. */
export function anIoredis(given: unknown): string {
  return isIoredis(given) ? '' : 'a client or a cluster of ioredis, such as new Redis(url)'
}

// Clients of both libraries can be duplicated.
function isIoredis(given: unknown): boolean {
  const { duplicate, call } = membersOf(given)
  return typeof duplicate === 'function' && typeof call === 'function'
}
