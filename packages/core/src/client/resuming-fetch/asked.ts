import type { RequestCredentials } from '../../web-types.ts'
import { baseUrl } from '../endpoint-rules.ts'

/** What a request was, as far as one that goes on with it has to know. */
export interface Asked {
  url: string
  method: string
  headers: Headers
  credentials: RequestCredentials | undefined
  signal: AbortSignal | undefined
}

/** Without using up a body. What `init` says goes before what a `Request` does, which may be that of another library. */
export function askedFor(input: string | URL | Request, init: RequestInit | undefined): Asked {
  const request: Partial<Request> = typeof input === 'object' && 'url' in input ? input : { url: `${input}` }
  const { method = 'GET', headers, credentials, signal } = { ...partsOf(request), ...partsOf(init ?? {}) }
  return {
    url: new URL(request.url ?? '', baseUrl()).href,
    method: method.toUpperCase(),
    headers: new Headers(headers),
    credentials,
    signal: signal ?? undefined,
  }
}

// Those that are there: a `Request` has them on its prototype, and what is undefined is not said.
function partsOf(from: RequestInit | Partial<Request>): RequestInit {
  const { method, headers, credentials, signal } = from
  return Object.fromEntries(
    Object.entries({ method, headers, credentials, signal }).filter(([, value]) => value !== undefined),
  )
}
