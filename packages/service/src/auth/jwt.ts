import { checkArgument, texts } from '@holdfast/core/adapter'
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose'
import type { Auth } from './auth.ts'
import { grantOf } from './jwt-claims.ts'
import { type JwtAlgorithm, type JwtKey, keyFinder } from './jwt-key.ts'
import { jwtOptions } from './jwt-rules.ts'

/** Options of {@link jwt}: a key, and what a token must say. */
export type JwtOptions = JwtKey & {
  /** The only algorithms that are accepted, whatever a token's header says. `HS…` with a secret, others with public keys. */
  algorithms: readonly JwtAlgorithm[]
  /** Whose tokens are accepted (`iss`). Default anybody's who has the key. */
  issuer?: string | readonly string[] | undefined
  /** For whom a token must be (`aud`). Set it where the issuer makes tokens for other services too. */
  audience?: string | readonly string[] | undefined
  /** The claim with the rights. Default `holdfast`. */
  claim?: string | undefined
  /** Milliseconds by which the issuer's clock may differ, in whole seconds; also added to `exp`. Default 0. */
  clockTolerance?: number | undefined
}

/**
 * JSON Web Tokens (RFC 7519), signed, with their bearer's rights as a claim:
 *
 *     { "sub": "ann", "exp": 1767225600, "holdfast": { "publish": ["chat/7"], "subscribe": ["chat/*"], "observe": true } }
 *
 * `publish` and `subscribe` are lists of topics or of prefixes with a `*` at the end; what is absent grants nothing. `sub`
 * is the identity of the streams. A stream closes as `unauthorized` at `exp`, so let clients fetch a new token before;
 * without `exp` a token is good for ever.
 *
 * A token that is malformed, not signed, signed otherwise, expired, not valid yet, or for somebody else is answered with
 * 401 `unauthorized`. Keys that cannot be fetched are answered with 503 `auth-unavailable`.
 *
 * @throws {InvalidOptionError} an algorithm does not go with the key, the key is too short or none, an option is of another
 *   kind, or there is no such option
 */
export function jwt(options: JwtOptions): Auth {
  checkArgument('jwt', 'options', options, jwtOptions)
  checkArgument('jwt', 'algorithms', options.algorithms, texts)
  const { algorithms, issuer, audience, claim = 'holdfast', clockTolerance = 0 } = options
  const find = keyFinder(options, algorithms)
  const rules: JWTVerifyOptions = {
    algorithms: [...algorithms],
    ...(issuer !== undefined && { issuer: listOf(issuer) }),
    ...(audience !== undefined && { audience: listOf(audience) }),
    clockTolerance: clockTolerance / 1000,
  }
  return {
    async authenticate(token) {
      if (token === undefined) return undefined
      const payload = await verify(token, find, rules)
      return payload && grantOf(payload, claim, clockTolerance)
    },
  }
}

/** A token's claims, or undefined where it is the token that is at fault. */
async function verify(token: string, find: JWTVerifyGetKey, rules: JWTVerifyOptions): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(token, find, rules)).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function listOf(value: string | readonly string[]): string[] {
  return typeof value === 'string' ? [value] : [...value]
}
