import { setTimeout } from 'node:timers/promises'
import compress from '@fastify/compress'
import { toNodeHandler } from '@holdfast/adapters/node'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

const app = fastify()
await app.register(compress)

interface Room {
  Params: { room: string }
}

// hijack() takes the response out of Fastify's hands: its hooks and serializers, @fastify/compress too, see no stream.
function answer(req: FastifyRequest, reply: FastifyReply, respond: (request: Request) => Response | Promise<Response>) {
  reply.hijack()
  // What hooks have set so far, such as those of @fastify/cors, would else be lost.
  for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '')
  toNodeHandler(respond)(req.raw, reply.raw)
}

app.get<Room>('/rooms/:room', (req, reply) =>
  answer(req, reply, (request) => hub.respond(request, { topics: [req.params.room] })),
)
app.post<Room>('/rooms/:room', (req) => hub.publish(req.params.room, { data: req.body }))
app.get<Room>('/rooms/:room/history', (req) => hub.read(req.params.room))
app.get('/countdown', (req, reply) => answer(req, reply, (request) => eventStream(request, countdown(3))))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '::' })
