/**
 * A stream server in a process of its own. Several of them share one history in Redis; any can be killed at any moment.
 *
 * GET /events?topic=… · POST /answers/:name starts an answer that only a GET resumes · GET /requests?name=… counts those POSTs
 */
import process from 'node:process'
import { createHub } from '@holdfast/core/hub'
import { serve } from '@holdfast/adapters/node'
import { ExampleRedisBroker } from '../../brokers/redis-broker.ts'
import { answer } from '../answer.ts'

const [port = 0, redisPort = 0] = process.argv.slice(2).map(Number)
// The heartbeat of the prototype in field/failover.md: the figures are comparable.
const hub = createHub({ broker: new ExampleRedisBroker(redisPort, 'client:', 100_000), stream: { heartbeat: 1_000 } })
const posts = new Map<string, number>()

// Pages of another origin read it.
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type, last-event-id',
  'access-control-expose-headers': 'content-location, retry-after',
}

const server = await serve({ fetch: handle, port, hostname: '127.0.0.1' })
console.log(`listening ${server.url}`)

process.once('SIGTERM', async () => {
  await server.close({ hub, within: 2_000 })
  process.exit(0)
})

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors })
  const answers = /^\/answers\/([\w-]+)$/.exec(pathname)?.[1]
  if (pathname === '/events') return hub.respond(request, { topics: searchParams.getAll('topic'), stream: { headers: cors } })
  if (pathname === '/requests') return Response.json(posts.get(searchParams.get('name') ?? '') ?? 0)
  if (answers === undefined) return new Response(null, { status: 404, headers: cors })
  if (request.method !== 'POST') return hub.respond(request, { topics: [answers], stream: { headers: cors } })
  posts.set(answers, (posts.get(answers) ?? 0) + 1)
  const location: Record<string, string> = searchParams.has('located') ? { 'content-location': pathname } : {}
  const response = await hub.respond(request, { topics: [answers], stream: { headers: { ...cors, ...location } } })
  hub.run(answers, answer()).catch(console.error)
  return response
}
