/** What a request's URL is made of, which a client may have written as it likes. */

// Nearly all clients of a server name the same one, which is then parsed once.
let lastHost = ''

/** Whether a `Host` header, or the authority of HTTP/2, can stand in a URL. */
export function isHost(host: string): boolean {
  if (host !== '' && host === lastHost) return true
  const is = !/[/?#@\\\s]/.test(host) && URL.canParse(`http://${host}/`)
  if (is) lastHost = host
  return is
}

/** The host of a request that names none, as HTTP/1.0 allows. */
export const fallbackHost = 'localhost'

/**
 * The request, with a URL that can be parsed; undefined where there is none and {@link badRequest} is the answer. Runtimes
 * make the URL from what the client sent, and some hand it on as it is (Bun 1.4, Deno 2.9).
 */
export function withUrl(request: Request): Request | undefined {
  const host = request.headers.get('host') ?? ''
  if (host !== '' && !isHost(host)) return undefined
  const { url } = request
  if (/^https?:/i.test(url) && URL.canParse(url)) return request
  return host === '' && url.startsWith('/') ? new Request(`http://${fallbackHost}${url}`, request) : undefined
}

/** The words of the answer to a request whose URL cannot be parsed. They repeat nothing of it. */
export const badRequestText = 'The URL or the Host of this request cannot be parsed\n'

/** The answer to a request whose URL cannot be parsed, before any code of the application sees it. */
export function badRequest(): Response {
  return new Response(badRequestText, { status: 400, headers: { 'content-type': 'text/plain;charset=utf-8' } })
}
