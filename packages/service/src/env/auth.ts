import { InvalidOptionError } from '@holdfast/core'
import { jwt } from '../auth/jwt.ts'
import type { JwtAlgorithm, JwtKey } from '../auth/jwt-key.ts'
import { secret } from '../auth/secret.ts'
import type { ServiceOptions } from '../options.ts'
import type { ServiceEnv } from './service-env.ts'
import { listOf, type Variables } from './values.ts'

/**
 * Who may do what, as the environment says.
 *
 * @throws {InvalidOptionError} where it says nothing, or two things
 */
export function authFromEnv(env: ServiceEnv | Variables): ServiceOptions['auth'] {
  const { HOLDFAST_TOKEN: token, HOLDFAST_AUTH: auth } = env
  const usesJwt = Object.entries(env).some(([name, value]) => name.startsWith('HOLDFAST_JWT_') && Boolean(value))
  if (token && usesJwt)
    throw new InvalidOptionError('Cannot tell who may do what: set HOLDFAST_TOKEN or HOLDFAST_JWT_…, not both')
  if (token) return secret(token)
  if (usesJwt) return jwtFromEnv(env)
  if (auth === 'none') return 'none'
  throw new InvalidOptionError(
    'Cannot start without a secret: set HOLDFAST_TOKEN or HOLDFAST_JWT_…, or HOLDFAST_AUTH=none to let everybody in',
  )
}

function jwtFromEnv(env: ServiceEnv | Variables): ServiceOptions['auth'] {
  return jwt({
    ...keyOf(env),
    algorithms: listOf(env.HOLDFAST_JWT_ALGORITHMS) as JwtAlgorithm[],
    issuer: listOrNone(env.HOLDFAST_JWT_ISSUER),
    audience: listOrNone(env.HOLDFAST_JWT_AUDIENCE),
  })
}

// What is not set stays away, and what is set too much is refused with the key.
function keyOf(env: ServiceEnv | Variables): JwtKey {
  return {
    secret: env.HOLDFAST_JWT_SECRET || undefined,
    publicKey: env.HOLDFAST_JWT_PUBLIC_KEY?.replaceAll('\\n', '\n') || undefined,
    jwks: env.HOLDFAST_JWT_JWKS_URL || undefined,
  } as JwtKey
}

// An empty list of issuers would accept nobody's tokens.
function listOrNone(text: string | undefined): string[] | undefined {
  const items = listOf(text)
  return items.length > 0 ? items : undefined
}
