import { secret } from './auth/secret.ts'
import type { ServiceOptions } from './options.ts'

/** The environment variables that configure a service. Lists are separated by commas. */
export interface ServiceEnv {
  /** The secret. Needed unless `HOLDFAST_AUTH` is `none`. */
  HOLDFAST_TOKEN?: string | undefined
  /** `none` lets everybody publish and subscribe. */
  HOLDFAST_AUTH?: string | undefined
  /** Topics that everybody may subscribe to: `news,prices/*`. */
  HOLDFAST_PUBLIC_TOPICS?: string | undefined
  /** Origins whose pages may call the service: `https://app.example`. */
  HOLDFAST_CORS_ORIGINS?: string | undefined
}

/**
 * The part of a service's options that belongs to its deployment, read from environment variables.
 *
 * @throws {TypeError} without a secret, unless the environment says that none is wanted
 */
export function optionsFromEnv(
  env: ServiceEnv | Readonly<Record<string, string | undefined>>,
): Pick<ServiceOptions, 'auth' | 'publicTopics' | 'cors'> {
  const { HOLDFAST_TOKEN, HOLDFAST_AUTH, HOLDFAST_PUBLIC_TOPICS, HOLDFAST_CORS_ORIGINS } = env
  return {
    auth: authOf(HOLDFAST_TOKEN, HOLDFAST_AUTH),
    publicTopics: list(HOLDFAST_PUBLIC_TOPICS),
    cors: list(HOLDFAST_CORS_ORIGINS),
  }
}

function authOf(token: string | undefined, auth: string | undefined): ServiceOptions['auth'] {
  if (token) return secret(token)
  if (auth === 'none') return 'none'
  throw new TypeError('Cannot start without a secret: set HOLDFAST_TOKEN, or HOLDFAST_AUTH=none to let everybody in')
}

function list(text = ''): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
