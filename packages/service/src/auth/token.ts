import type { Cors } from '../cors.ts'

const tokenCookie = 'holdfast_token'

/**
 * The token of a request: `Authorization: Bearer`, else `?access_token=` (native EventSource can't set headers), else
 * the cookie. What the caller states for this request wins over what the browser adds by itself.
 */
export function tokenOf(request: Request, cors: Cors): string | undefined {
  return bearerTokenOf(request) ?? fromQuery(request) ?? fromCookie(request, cors)
}

/** The token of `Authorization: Bearer` alone, for routes of one's own beside the service's. */
export function bearerTokenOf(request: Request): string | undefined {
  return /^bearer +(\S+)\s*$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

function fromQuery(request: Request): string | undefined {
  return new URL(request.url).searchParams.get('access_token') || undefined
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
