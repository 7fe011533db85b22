import { readPublishRequest } from '../publish-request.ts'
import { topicOfPath } from '../limits/topics.ts'
import type { Route, Scope } from './route.ts'

/** `POST /topics/:topic`: store events, and answer with the position of the last one. */
export function publish({ hubOf, authorize, limits }: Scope): Route {
  return {
    method: 'POST',
    path: '/topics/:topic',
    async handle(context) {
      const request = context.req.raw
      const topic = topicOfPath(request, limits)
      // Before the body is read: a stranger must not make the service take in a megabyte.
      await authorize.toPublish(request, topic)
      const { events, key } = await readPublishRequest(request, limits)
      const { id, position, duplicate } = await hubOf(context).publish(topic, events, { key })
      return Response.json({ id, position, duplicate }, { status: duplicate ? 200 : 201 })
    },
  }
}
