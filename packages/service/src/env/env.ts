import type { HubOptions } from '@holdfast/core/hub'
import type { ServiceOptions } from '../options.ts'
import { authFromEnv } from './auth.ts'
import type { ServiceEnv } from './service-env.ts'
import { countOf, listOf, type Variables } from './values.ts'

/**
 * The part of a service's options that belongs to its deployment, read from environment variables.
 *
 * @throws {InvalidOptionError} unless the environment says who may do what, and for a value that is not of its kind
 */
export function optionsFromEnv(
  env: ServiceEnv | Variables,
): Pick<ServiceOptions, 'auth' | 'publicTopics' | 'cors' | 'limits'> {
  return {
    auth: authFromEnv(env),
    publicTopics: listOf(env.HOLDFAST_PUBLIC_TOPICS),
    cors: listOf(env.HOLDFAST_CORS_ORIGINS),
    limits: {
      bodyBytes: countOf(env, 'HOLDFAST_MAX_BODY_BYTES'),
      streamsPerIdentity: countOf(env, 'HOLDFAST_STREAMS_PER_IDENTITY'),
    },
  }
}

/**
 * The same for `createHub`: who may not come in any more is the hub's to say.
 *
 * @throws {InvalidOptionError} a value is not of its kind
 */
export function hubOptionsFromEnv(env: ServiceEnv | Variables): Pick<HubOptions, 'maxSubscribers'> {
  return { maxSubscribers: countOf(env, 'HOLDFAST_MAX_SUBSCRIBERS') }
}
