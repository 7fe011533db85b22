import type { Hub } from '@holdfast/core/hub'
import type { Context } from 'hono'
import type { Auth } from './auth/auth.ts'
import type { CorsOrigins } from './cors.ts'
import type { ServiceLimits } from './limits/limits.ts'

/** Options of {@link createService}. */
export interface ServiceOptions {
  /** The hub, or a function that finds the one for a request. */
  hub: Hub | ((context: Context) => Hub)
  /**
   * Who may publish, subscribe and observe: `jwt({ … })`, `secret(token)`, your own {@link Auth}, or the word `'none'`
   * for everybody. Tokens come as `Authorization: Bearer`, as `?access_token=`, or as the cookie `holdfast_token`; they
   * are never logged and no answer repeats them.
   */
  auth: Auth | 'none'
  /** Topics that everybody may subscribe to: exact names, or prefixes such as `news/*`. Default none. */
  publicTopics?: readonly string[] | undefined
  /** Other origins whose pages may call the service. Default none. */
  cors?: CorsOrigins | undefined
  limits?: ServiceLimits | undefined
  /**
   * The address that a request comes from, for `limits.streamsPerAddress`. Default none, because only you know whether
   * the connection's other end is the client or a proxy, which has everybody's streams.
   *
   * Without a proxy: on Node `(c) => c.env.incoming.socket.remoteAddress`, on Bun `(c) => c.env.requestIP(c.req.raw)?.address`,
   * on Deno `(c) => c.env.remoteAddr.hostname`. Behind Cloudflare: `(c) => c.req.header('cf-connecting-ip')`. A header is
   * dependable only where the proxy overwrites it. A client of IPv6 has a whole /64: cut it to that.
   */
  address?: ((context: Context) => string | undefined) | undefined
  /**
   * Told of every error that is the server's fault. Default: written to the console. The request's URL may carry a token:
   * do not log it.
   */
  onError?: ((error: unknown, request: Request) => void) | undefined
}
