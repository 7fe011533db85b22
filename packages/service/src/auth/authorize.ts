import { queryOf, urlOf } from '@holdfast/core/adapter'
import type { Cors } from '../cors.ts'
import type { TopicMatcher } from '../limits/topics.ts'
import { Refused } from '../refused.ts'
import type { Auth, Grant } from './auth.ts'
import { open } from './secret.ts'

const tokenCookie = 'holdfast_token'

/** Who may do what, decided before a handler touches the hub. */
export interface Authorizer {
  /** @throws {Refused} 401 or 403 */
  toPublish(request: Request, topic: string): Promise<Grant>
  /** Resolves without a grant where all topics are public and no valid token came. @throws {Refused} 401 or 403 */
  toSubscribe(request: Request, topics: readonly string[]): Promise<Grant | undefined>
  /** @throws {Refused} 401 or 403 */
  toObserve(request: Request): Promise<Grant>
}

/** Bind an auth method to the service's public topics. */
export function createAuthorizer(auth: Auth | 'none', isPublic: TopicMatcher, cors: Cors): Authorizer {
  const method = auth === 'none' ? open : auth
  const grantOf = (request: Request) => method.authenticate(tokenOf(request, cors), request)
  return {
    async toPublish(request, topic) {
      const grant = (await grantOf(request)) ?? unauthorized(tokenOf(request, cors))
      if (!grant.publish(topic)) throw forbidden(`publish ${JSON.stringify(topic)}`)
      return grant
    },
    async toSubscribe(request, topics) {
      const grant = await grantOf(request)
      const closed = topics.filter((topic) => !isPublic(topic))
      // A public topic needs no token, so one that is wrong or has expired does not close it.
      if (grant === undefined) return closed.length === 0 ? undefined : unauthorized(tokenOf(request, cors))
      const denied = closed.find((topic) => !grant.subscribe(topic))
      if (denied !== undefined) throw forbidden(`subscribe to ${JSON.stringify(denied)}`)
      return grant
    },
    async toObserve(request) {
      const grant = (await grantOf(request)) ?? unauthorized(tokenOf(request, cors))
      if (grant.observe !== true) throw forbidden('observe the service')
      return grant
    },
  }
}

function unauthorized(token: string | undefined): never {
  const error = token === undefined ? '' : ', error="invalid_token"'
  throw new Refused(401, 'unauthorized', token === undefined ? 'A token is needed' : 'The token is not valid', {
    'www-authenticate': `Bearer realm="holdfast"${error}`,
  })
}

function forbidden(action: string): Refused {
  return new Refused(403, 'forbidden', `The token does not allow to ${action}`)
}

/**
 * The token of a request: `Authorization: Bearer`, else `?access_token=` (native EventSource can't set headers), else
 * the cookie. What the caller states for this request wins over what the browser adds by itself.
 */
function tokenOf(request: Request, cors: Cors): string | undefined {
  return bearerTokenOf(request) ?? fromQuery(request) ?? fromCookie(request, cors)
}

/** The token of `Authorization: Bearer` alone, for routes of one's own beside the service's. */
export function bearerTokenOf(request: Request): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

/** Everything that a request brought as a token, as it came and decoded, longest first: nothing of it may be logged. */
export function tokensOf(request: Request): string[] {
  const { search } = urlOf(request)
  const written = /[?&]access_token=([^&]*)/.exec(search)?.[1]
  const bearer = /^\s*bearer +(.*?)\s*$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const cookies = Array.from(
    (request.headers.get('cookie') ?? '').matchAll(/holdfast_token="?([^;"]*)/g),
    ([, value]) => value,
  )
  const tokens = [bearer, written, fromQuery(request), ...cookies].filter(
    (token) => token !== undefined && token !== '',
  )
  return (tokens as string[]).toSorted((a, b) => b.length - a.length)
}

function fromQuery(request: Request): string | undefined {
  return queryOf(request).get('access_token') || undefined
}

function fromCookie(request: Request, cors: Cors): string | undefined {
  const header = request.headers.get('cookie')
  if (header === null || !mayUseCookie(request, cors)) return undefined
  for (const pair of header.split(';')) {
    const [name, value] = split(pair)
    if (name === tokenCookie && value !== '') return value
  }
  return undefined
}

// A page of another site can post `text/plain` without a preflight, and the browser adds the cookie: whoever publishes
// with a cookie must therefore come from this origin or from one that `cors` names.
function mayUseCookie(request: Request, cors: Cors): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true
  const origin = request.headers.get('origin')
  if (origin !== null && cors.trusts(origin)) return true
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  return origin === null || hostOf(origin) === request.headers.get('host')
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function split(pair: string): [name: string, value: string] {
  const equals = pair.indexOf('=')
  const value = pair
    .slice(equals + 1)
    .trim()
    .replace(/^"(.*)"$/, '$1')
  return [pair.slice(0, Math.max(equals, 0)).trim(), value]
}
