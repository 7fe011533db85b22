/**
 * A stream server in a process of its own. Several of them share one history in Redis; any can be killed at any moment.
 *
 * GET /events?topic=… · POST /answers/:name starts an answer that only a GET resumes · GET /requests?name=… counts those POSTs
 *
 * An answer asked for with `?held` stops in its middle until GET /release?name=…
 */
import process from 'node:process'
import { createHub } from '@holdfast/core/hub'
import { serve } from '@holdfast/adapters/node'
import { openClientBroker } from '../broker.ts'
import { answer } from '../answer.ts'
import { drainWithin } from '../draining.ts'

const [port = 0, redisPort = 0, heartbeat = 0] = process.argv.slice(2).map(Number)
const hub = createHub({ broker: openClientBroker(redisPort), stream: { heartbeat } })
const posts = new Map<string, number>()
const releases = new Map<string, () => void>()

// Pages of another origin read it.
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type, last-event-id',
  'access-control-expose-headers': 'content-location, retry-after',
}

// A fetch keeps a socket for as long as the server does: what is left after a client must be its streams alone.
const timeouts = { idle: 4_000 }

const server = await serve({ fetch: handle, port, hostname: '127.0.0.1', timeouts })
console.log(`listening ${server.url}`)

process.once('SIGTERM', async () => {
  await server.close({ hub, within: drainWithin })
  process.exit(0)
})

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors })
  const answers = /^\/answers\/([\w-]+)$/.exec(pathname)?.[1]
  if (pathname === '/events')
    return hub.respond(request, { topics: searchParams.getAll('topic'), stream: { headers: cors } })
  if (pathname === '/requests') return Response.json(posts.get(searchParams.get('name') ?? '') ?? 0)
  if (pathname === '/release') return Response.json(releases.get(searchParams.get('name') ?? '')?.() ?? null)
  if (answers === undefined) return new Response(null, { status: 404, headers: cors })
  if (request.method !== 'POST') return hub.respond(request, { topics: [answers], stream: { headers: cors } })
  return startAnswer(request, answers, searchParams)
}

async function startAnswer(request: Request, name: string, query: URLSearchParams): Promise<Response> {
  posts.set(name, (posts.get(name) ?? 0) + 1)
  const location: Record<string, string> = query.has('located') ? { 'content-location': `/answers/${name}` } : {}
  const response = await hub.respond(request, { topics: [name], stream: { headers: { ...cors, ...location } } })
  const held = query.has('held') ? new Promise<void>((resolve) => releases.set(name, resolve)) : Promise.resolve()
  hub.run(name, answer(held)).catch(console.error)
  return response
}
