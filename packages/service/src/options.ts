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
   * Who may publish and subscribe: `secret(token)`, your own {@link Auth}, or the word `'none'` for everybody. Tokens
   * come as `Authorization: Bearer`, as `?access_token=`, or as the cookie `holdfast_token`.
   */
  auth: Auth | 'none'
  /** Topics that everybody may subscribe to: exact names, or prefixes such as `news/*`. Default none. */
  publicTopics?: readonly string[] | undefined
  /** Other origins whose pages may call the service. Default none. */
  cors?: CorsOrigins | undefined
  limits?: ServiceLimits | undefined
  /** Told of every error that is answered with 500. Default: written to the console. */
  onError?: ((error: unknown, request: Request) => void) | undefined
}
