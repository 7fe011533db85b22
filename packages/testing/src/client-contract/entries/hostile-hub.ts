/**
 * A hub with its history in memory, whose clock may be wrong by so many milliseconds.
 *
 * GET /numbers counts · GET /rotating counts, too, and carries eight other topics with each request · GET /large is a topic
 * of its own with each name, to which POST /large publishes
 */
import process from 'node:process'
import { createHub } from '@holdfast/core/hub'
import { serve } from '@holdfast/adapters/node'

const [port = 0, clockOffset = 0] = process.argv.slice(2).map(Number)
const rightNow = Date.now
Date.now = () => rightNow() + clockOffset

const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type, last-event-id' }
const hub = createHub({ stream: { heartbeat: 1_000, headers: cors } })
let requests = 0
let count = 0

setInterval(() => void hub.publish('numbers', { data: `${clockOffset}:${count++}` }), 100)

const server = await serve({ fetch: handle, port, hostname: '127.0.0.1' })
console.log(`listening ${server.url}`)

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors })
  const large = `large-${searchParams.get('name')}`
  if (request.method === 'POST') return publish(large, await request.text())
  if (pathname === '/large') return hub.respond(request, { topics: [large] })
  const others = pathname === '/rotating' ? Array.from({ length: 8 }, (_, index) => `other-${requests}-${index}`) : []
  requests++
  return hub.respond(request, { topics: ['numbers', ...others] })
}

/** With so many bytes in front of what came. */
async function publish(topic: string, body: string): Promise<Response> {
  const { text, padding } = JSON.parse(body) as { text: string; padding: number }
  const status = await hub.publish(topic, { data: text + 'x'.repeat(padding) }).then(
    () => 201,
    () => 413,
  )
  return new Response(null, { status, headers: cors })
}
