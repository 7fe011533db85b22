import { jwt, type JwtKey, type JwtOptions } from '@holdfast/service'
import { type CryptoKey, type JWTPayload, SignJWT } from 'jose'
import { type Fetch, serviceOf } from './service.ts'

/** The secret of the tokens in these tests. */
export const hmacSecret = 'a secret that is long enough for HS512, which needs sixty-four bytes'
const hmacKey = new TextEncoder().encode(hmacSecret)

/** What a bearer may do, as the claim says it. */
const rights = { publish: ['chat/7'], subscribe: ['chat/*', 'news'] }

/** A token that is good for a minute, unless said otherwise. */
export function sign(
  claims: JWTPayload = {},
  { key = hmacKey, ...header }: { key?: Uint8Array | CryptoKey; alg?: string; kid?: string } = {},
): Promise<string> {
  return new SignJWT({ holdfast: rights, exp: now() + 60, ...claims })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(key)
}

/** A token put together by hand, as no library would. */
export function forge(header: unknown, payload: unknown, signature = ''): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  return `${part(header)}.${part(payload)}.${signature}`
}

/** Seconds since 1970. */
export function now(): number {
  return Math.floor(Date.now() / 1000)
}

/** A service that takes tokens. */
export function jwtService(
  options: JwtKey & Partial<JwtOptions> = { secret: hmacSecret },
): ReturnType<typeof serviceOf> {
  return serviceOf({ auth: jwt({ algorithms: ['HS256'], ...options }) })
}

/** How a service answers who subscribes to a topic with a token. */
export async function statusOf(fetch: Fetch, token: string, topic = 'news'): Promise<number> {
  const response = await fetch(`/events?topic=${topic}`, bearer(token))
  await response.body?.cancel()
  return response.status
}

/** A request with a token, from a client that understands 503. */
export function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream;holdfast=1' } }
}
