import type { MiddlewareHandler } from 'hono'

/**
 * The origins whose pages may call the service: a list such as `['https://app.example']`, a function, or `['*']`.
 *
 * A page of an origin that is listed, or that the function accepts, may also use its visitor's cookie. Never accept
 * every origin by a function: `'*'` is for that, and goes without cookies.
 */
export type CorsOrigins = readonly string[] | ((origin: string) => boolean)

/** What the service does about other origins. */
export interface Cors {
  /** True for an origin that the configuration names; `'*'` names none. */
  trusts(origin: string): boolean
  /** None where no origin may call. */
  middleware?: MiddlewareHandler
}

const preflightHeaders = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'Authorization, Last-Event-ID, Content-Type, Cache-Control',
  // Two hours are the most that Chromium keeps.
  'access-control-max-age': '7200',
}

const responseHeaders = { 'access-control-expose-headers': 'Retry-After, Content-Location' }

/** Build the rules. Without origins no header is ever sent, and browsers keep other origins out. */
export function createCors(origins: CorsOrigins = []): Cors {
  if (Array.isArray(origins) && origins.length === 0) return { trusts: () => false }
  const { trusts, any } = rulesOf(origins)

  const allow = (request: Request, headers: Headers, more: Record<string, string>) => {
    const origin = request.headers.get('origin')
    // Also said to requests without an origin: a cache in between must not serve one origin's answer to another.
    headers.append('vary', 'Origin')
    if (origin === null || !(any || trusts(origin))) return
    const granted = trusts(origin)
      ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
      : { 'access-control-allow-origin': '*' }
    for (const [name, value] of Object.entries({ ...granted, ...more })) headers.set(name, value)
  }

  const middleware: MiddlewareHandler = async (context, next) => {
    const request = context.req.raw
    if (isPreflight(request)) {
      const response = new Response(null, { status: 204 })
      allow(request, response.headers, preflightHeaders)
      return response
    }
    await next()
    // Set in place: another Response around the same body might hide it from the adapters' direct sinks.
    allow(request, context.res.headers, responseHeaders)
    return undefined
  }
  return { trusts, middleware }
}

function rulesOf(origins: CorsOrigins): { trusts(origin: string): boolean; any: boolean } {
  if (typeof origins === 'function') return { trusts: origins, any: false }
  const named = new Set(origins)
  const any = named.delete('*')
  return { trusts: (origin) => named.has(origin), any }
}

function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method')
}
