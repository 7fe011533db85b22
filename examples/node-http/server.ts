import { createServer } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { toNodeHandler } from '@holdfast/adapters/node'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === '/countdown') return eventStream(request, countdown(3))
  const room = /^\/rooms\/([^/]+)$/.exec(pathname)?.[1]
  if (!room) return new Response('Not found', { status: 404 })
  if (request.method === 'POST') return Response.json(await hub.publish(room, { data: await request.json() }))
  return hub.respond(request, { topics: [room] })
}

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}

createServer(toNodeHandler(answer)).listen(Number(process.env.PORT ?? 3000))
