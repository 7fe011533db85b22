import type { TopicMatcher } from '../limits/topics.ts'
import { Refused } from '../refused.ts'
import type { Cors } from '../cors.ts'
import { type Auth, type Grant, open } from './auth.ts'
import { tokenOf } from './token.ts'

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
