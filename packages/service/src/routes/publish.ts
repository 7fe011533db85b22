import { queryOf } from '@holdfast/core/adapter'
import type { HubPublication } from '@holdfast/core/hub'
import { readBody } from '../limits/body.ts'
import { isNestedDeeper } from '../limits/json-depth.ts'
import type { ResolvedLimits } from '../limits/limits.ts'
import { topicOfPath } from '../limits/topics.ts'
import { Refused } from '../refused.ts'
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

// Deeper than what anybody writes by hand or by a program, and shallow enough for every parser.
const deepest = 128

/** What a request asks to publish. */
interface PublishRequest {
  events: HubPublication[]
  /** Makes a repeated request store nothing. */
  key: string | undefined
}

/**
 * Read the events of a request: JSON `{ data, event?, key? }` or `{ events: [{ data, event? }, …], key? }`, or plain text
 * as the data of one event, with `?event=` and `?key=`.
 *
 * @throws {Refused} 400, 408, 413 or 415
 */
async function readPublishRequest(request: Request, limits: ResolvedLimits): Promise<PublishRequest> {
  const { type, text } = await readBody(request, ['application/json', 'text/plain'], limits)
  const asked = type === 'text/plain' ? fromText(request, text) : fromJson(parse(text), limits)
  check(asked, limits)
  return asked
}

function fromText(request: Request, data: string): PublishRequest {
  const query = queryOf(request)
  return { events: [{ event: query.get('event') ?? undefined, data }], key: query.get('key') ?? undefined }
}

function fromJson(body: unknown, limits: ResolvedLimits): PublishRequest {
  if (!isRecord(body)) throw invalid('The body must be a JSON object')
  const { key, events, ...single } = body
  if (key !== undefined && typeof key !== 'string') throw invalid('`key` must be a string')
  if (events === undefined) return { events: [toEvent(single)], key }
  if (!Array.isArray(events)) throw invalid('`events` must be an array')
  if (Object.keys(single).length > 0) throw invalid('Beside `events` only `key` is allowed')
  if (events.length > limits.events) {
    throw new Refused(413, 'too-many-events', `Cannot publish more than ${limits.events} events at once`)
  }
  return { events: events.map(toEvent), key }
}

// A member that is not known is refused: an ignored `id` or `retry` would mislead whoever sent it.
function toEvent(value: unknown): HubPublication {
  if (!isRecord(value) || !Object.hasOwn(value, 'data')) throw invalid('An event must be an object with `data`')
  const { data, event, ...rest } = value
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw invalid(`An event has no member ${JSON.stringify(unknown.slice(0, 64))}`)
  if (event !== undefined && typeof event !== 'string') throw invalid('`event` must be a string')
  return { event, data }
}

function check({ events, key }: PublishRequest, limits: ResolvedLimits): void {
  if (events.length === 0) throw invalid('`events` must not be empty')
  if (key === '') throw invalid('`key` must not be empty')
  if (key === undefined || key.length <= limits.topicLength) return
  throw invalid(`\`key\` must not be longer than ${limits.topicLength} characters`)
}

function parse(text: string): unknown {
  if (isNestedDeeper(text, deepest)) throw invalid(`The body is nested deeper than ${deepest} levels`)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('The body is not JSON')
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string): Refused {
  return new Refused(400, 'invalid-body', message)
}
