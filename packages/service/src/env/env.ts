import type { HubOptions } from '@holdfast/core/hub'
import type { ServiceOptions } from '../options.ts'
import { authFromEnv } from './auth.ts'
import { countOf, listOf, type Variables } from './values.ts'

/**
 * The environment variables that configure a service. Lists are separated by commas; an empty variable is as good as
 * none. Who may do what is said by either `HOLDFAST_TOKEN` or `HOLDFAST_JWT_…`, and without both by `HOLDFAST_AUTH=none`.
 */
export interface ServiceEnv {
  /** The shared secret. */
  HOLDFAST_TOKEN?: string | undefined
  /** `none` lets everybody publish, subscribe and observe. Beside a credential it means nothing. */
  HOLDFAST_AUTH?: string | undefined
  /** How JSON Web Tokens may be signed: `ES256,EdDSA`. Needed with the other `HOLDFAST_JWT_…`. */
  HOLDFAST_JWT_ALGORITHMS?: string | undefined
  /** The secret of `HS256`, `HS384` or `HS512`. */
  HOLDFAST_JWT_SECRET?: string | undefined
  /** The public key in PEM (SPKI); `\n` may stand for its line breaks. */
  HOLDFAST_JWT_PUBLIC_KEY?: string | undefined
  /** Where the issuer's JSON Web Key Set is. */
  HOLDFAST_JWT_JWKS_URL?: string | undefined
  /** Whose tokens are accepted: a list. */
  HOLDFAST_JWT_ISSUER?: string | undefined
  /** For whom tokens must be: a list. */
  HOLDFAST_JWT_AUDIENCE?: string | undefined
  /** Topics that everybody may subscribe to: `news,prices/*`. */
  HOLDFAST_PUBLIC_TOPICS?: string | undefined
  /** Origins whose pages may call the service: `https://app.example`. */
  HOLDFAST_CORS_ORIGINS?: string | undefined
  /** Bytes of one request body. */
  HOLDFAST_MAX_BODY_BYTES?: string | undefined
  /** Streams that one identity may have open. */
  HOLDFAST_STREAMS_PER_IDENTITY?: string | undefined
  /** Streams above which the hub turns new clients away. */
  HOLDFAST_MAX_SUBSCRIBERS?: string | undefined
}

/**
 * The part of a service's options that belongs to its deployment, read from environment variables.
 *
 * @throws {TypeError} unless the environment says who may do what, and for a value that is not of its kind
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
 * @throws {TypeError} a value is not of its kind
 */
export function hubOptionsFromEnv(env: ServiceEnv | Variables): Pick<HubOptions, 'maxSubscribers'> {
  return { maxSubscribers: countOf(env, 'HOLDFAST_MAX_SUBSCRIBERS') }
}
