import { InvalidOptionError } from '@holdfast/core'
import { retryAfter } from '@holdfast/core/adapter'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  importJWK,
  importSPKI,
  type JSONWebKeySet,
  type JWK,
} from 'jose'
import type { CryptoKey, JWTVerifyGetKey } from 'jose'
import { Refused } from '../refused.ts'

const hashBytes = { HS256: 32, HS384: 48, HS512: 64 }
const signatures = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const
const keyTypes = ['RSA', 'EC', 'OKP']

/** How a token may be signed (RFC 7518, RFC 8037). Unsigned tokens (`none`) are not among them. */
export type JwtAlgorithm = keyof typeof hashBytes | (typeof signatures)[number]

/** What a token is verified with: a secret for HMAC, or public keys for signatures. Never both. */
export type JwtKey =
  | {
      /** For `HS256`, `HS384`, `HS512`: at least as long as the hash, 32, 48 or 64 bytes. */
      secret: string | Uint8Array
      publicKey?: undefined
      jwks?: undefined
    }
  | {
      /** One public key, as PEM (SPKI, `-----BEGIN PUBLIC KEY-----`) or JWK. It must fit every algorithm. */
      publicKey: string | JWK
      secret?: undefined
      jwks?: undefined
    }
  | {
      /**
       * A JSON Web Key Set, or where to fetch it: by HTTPS, kept for 10 minutes, and fetched again when a token names
       * another key, at most every 30 s. Where several keys fit, a token must name its own (`kid`).
       */
      jwks: JSONWebKeySet | URL | string
      secret?: undefined
      publicKey?: undefined
    }

/**
 * Find the key for a token's header, which was checked against `algorithms` before.
 *
 * The kind of key decides which algorithms are possible at all, so a token can't have a public key taken for a secret.
 *
 * @throws {InvalidOptionError} an algorithm does not go with the key, or the key is none
 */
export function keyFinder(key: JwtKey, algorithms: readonly JwtAlgorithm[]): JWTVerifyGetKey {
  const given = [key.secret, key.publicKey, key.jwks].filter((each) => each !== undefined)
  if (given.length !== 1)
    throw new InvalidOptionError('Cannot verify tokens: give one of `secret`, `publicKey` and `jwks`')
  if (algorithms.length === 0) throw new InvalidOptionError('Cannot verify tokens: name at least one algorithm')
  for (const algorithm of algorithms) checkAlgorithm(algorithm, key.secret !== undefined)
  if (key.secret !== undefined) return fromSecret(key.secret, algorithms)
  return key.publicKey === undefined ? fromSet(key.jwks) : fromPublicKey(key.publicKey, algorithms)
}

function checkAlgorithm(algorithm: string, hmac: boolean): void {
  const known: readonly string[] = hmac ? Object.keys(hashBytes) : signatures
  if (known.includes(algorithm)) return
  throw new InvalidOptionError(
    `Cannot verify tokens by "${algorithm}" with ${hmac ? 'a secret' : 'public keys'}: use ${known.join(', ')}`,
  )
}

function fromSecret(secret: string | Uint8Array, algorithms: readonly JwtAlgorithm[]): JWTVerifyGetKey {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const least = Math.max(...algorithms.map((algorithm) => hashBytes[algorithm as keyof typeof hashBytes]))
  // A public key is known to everybody, so whoever has it could sign.
  if (typeof secret === 'string' && secret.includes('-----BEGIN '))
    throw new InvalidOptionError('Cannot use as the secret what is a key in PEM')
  if (bytes.byteLength < least)
    throw new InvalidOptionError(`Cannot use as the secret what is shorter than ${least} bytes`)
  return () => Promise.resolve(bytes)
}

function fromPublicKey(key: string | JWK, algorithms: readonly JwtAlgorithm[]): JWTVerifyGetKey {
  if (!isPublic(key))
    throw new InvalidOptionError('Cannot use as the public key what is no SPKI in PEM and no public JWK')
  const load = (algorithm: string) => (typeof key === 'string' ? importSPKI(key, algorithm) : importJWK(key, algorithm))
  const keys = new Map<string, Promise<CryptoKey | Uint8Array>>()
  return async ({ alg }) => {
    // All of them at the first token: a key that does not fit is a fault of the configuration, whatever the token says.
    for (const algorithm of algorithms) if (!keys.has(algorithm)) keys.set(algorithm, load(algorithm))
    await Promise.all(keys.values())
    return keys.get(alg) as Promise<CryptoKey | Uint8Array>
  }
}

function isPublic(key: string | JWK): boolean {
  if (typeof key === 'string') return key.trimStart().startsWith('-----BEGIN PUBLIC KEY-----')
  return keyTypes.includes(String(key.kty)) && key.d === undefined
}

function fromSet(jwks: JSONWebKeySet | URL | string): JWTVerifyGetKey {
  if (typeof jwks !== 'string' && !(jwks instanceof URL)) return createLocalJWKSet(jwks)
  const url = new URL(jwks)
  const safe = url.protocol === 'https:' || url.hostname === 'localhost' || url.hostname === '127.0.0.1'
  if (!safe)
    throw new InvalidOptionError('Cannot fetch keys but by HTTPS: who changes them on the way could sign any token')
  const find = createRemoteJWKSet(url)
  return (header, token) => find(header, token).catch(unavailable)
}

// Whether the token is at fault, or the server that has the keys.
function unavailable(error: unknown): never {
  const ofToken = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported]
  if (ofToken.some((type) => error instanceof type)) throw error
  throw new Refused(503, 'auth-unavailable', 'Tokens cannot be verified at the moment', retryAfter(), { cause: error })
}
