import type { DurableObjectHub } from '@holdfast/adapters/cloudflare'
import { type Auth, bearerTokenOf, type Grant } from '@holdfast/service'
import type { Question } from './topic-object.ts'

const longestPrompt = 4_000

/**
 * An answer that is streamed, survives its reader and can be stopped. Reading is no business of this: an answer is a topic.
 *
 * | | |
 * |-|-|
 * | `POST /answers` `{ prompt }` | starts one: 202, `{ topic, events }`, and where to stop it in `Location`. An `Idempotency-Key` starts it once for each identity |
 * | `GET /events?topic=answers/…&lastEventId=earliest` | all of it, then the rest as it comes, then the end |
 * | `DELETE /answers/…` | stops it: 204, also when it is over |
 *
 * @returns undefined for any other request
 */
export async function answers(
  request: Request,
  hub: DurableObjectHub,
  auth: Auth | 'none',
): Promise<Response | undefined> {
  const { method, url } = request
  const { pathname } = new URL(url)
  const isStart = method === 'POST' && pathname === '/answers'
  const [, topic] = (method === 'DELETE' && /^\/(answers\/[\w-]{1,64})$/.exec(pathname)) || []
  if (!isStart && topic === undefined) return undefined
  const grant = await grantOf(request, auth)
  if (!grant?.publish(topic ?? 'answers/new')) {
    return new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer realm="holdfast"' } })
  }
  if (topic === undefined) return start(request, hub, grant.identity)
  await hub.stop(topic)
  return new Response(null, { status: 204 })
}

async function start(request: Request, hub: DurableObjectHub, identity: string | undefined): Promise<Response> {
  const asked = await request.json<Partial<Question> | null>().catch(() => null)
  const prompt = asked?.prompt
  if (typeof prompt !== 'string' || prompt === '' || prompt.length > longestPrompt) {
    return Response.json({ title: `Send { "prompt": "…" }, up to ${longestPrompt} characters` }, { status: 400 })
  }
  const key = request.headers.get('idempotency-key') ?? undefined
  // The same key of the same asker means the same topic, where the second start finds the first one's answer. The topic is
  // as hard to guess as the key.
  const topic = `answers/${key === undefined ? crypto.randomUUID() : await digest(JSON.stringify([identity, key]))}`
  await hub.produce(topic, { prompt } satisfies Question, { key })
  const events = `/events?${new URLSearchParams({ topic, lastEventId: 'earliest' }).toString()}`
  return Response.json({ topic, events }, { status: 202, headers: { location: `/${topic}` } })
}

async function grantOf(
  request: Request,
  auth: Auth | 'none',
): Promise<Pick<Grant, 'identity' | 'publish'> | undefined> {
  if (auth === 'none') return { publish: () => true }
  return auth.authenticate(bearerTokenOf(request), request)
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
