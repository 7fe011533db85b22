import type { Timeouts } from './timeouts.ts'

/**
 * What the user brings: a fetch handler, such as a Hono app's `fetch`. The second argument is the runtime's own:
 * `{ incoming, outgoing }` on Node, the server on Bun, the connection's info on Deno.
 */
export type FetchHandler<Env> = (request: Request, env: Env) => Response | Promise<Response>

/** A private key and its certificate chain, both as PEM text. */
export interface TlsOptions {
  key: string
  cert: string
}

/** Options of `serve`, the same on every runtime. */
export interface ServeOptions<Env = unknown> {
  fetch: FetchHandler<Env>
  /** Default 3000; `0` picks a free one, which `url` then names. */
  port?: number | undefined
  /** The address to listen on. Default every one, of IPv6 and IPv4. */
  hostname?: string | undefined
  /** Serve HTTPS. On Node that is HTTP/2 with HTTP/1.1 for those who lack it. */
  tls?: TlsOptions | undefined
  /** How long a connection may be silent, and a request may take to arrive. An event stream is neither. */
  timeouts?: Timeouts | undefined
}

/** The two things `close` asks of a hub; a `Hub` of `@holdfast/core/hub` has them. */
export interface DrainableHub {
  drain(options?: { within?: number | undefined }): Promise<void>
  close(): Promise<void>
}

/** Options of {@link RunningServer.close}. */
export interface CloseOptions {
  /** Drained, then closed, before the server stops: its clients are told to go elsewhere first. */
  hub?: DrainableHub | undefined
  /** Milliseconds until what is still open is cut. Default 10,000; `0` waits for as long as it takes. */
  within?: number | undefined
}

/** A server that is listening. */
export interface RunningServer {
  /** Where it listens, without a trailing slash: `http://localhost:3000`. */
  readonly url: string
  /**
   * Drain the hub, end the streams, stop accepting, and close every connection.
   *
   * Resolves when the last connection is gone: at once where none is busy, and within half a second of `within`
   * otherwise. Only the first call counts; later ones return its promise.
   *
   * @throws {InvalidOptionError} @throws {OptionRangeError} at once, and the server goes on
   * @throws what the hub's `drain` or `close` rejected with, after the server was closed all the same
   */
  close(options?: CloseOptions): Promise<void>
}

/** The port where none is given. */
export const defaultPort = 3000

/** A URL a client on this machine can use: a wildcard address is not one. */
export function serverUrl(secure: boolean, hostname: string | undefined, port: number): string {
  const wildcard = hostname === undefined || hostname === '' || hostname === '0.0.0.0' || hostname === '::'
  const host = wildcard ? 'localhost' : hostname.includes(':') ? `[${hostname}]` : hostname
  return `${secure ? 'https' : 'http'}://${host}:${port}`
}
