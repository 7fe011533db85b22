import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { Hono } from 'hono'
import { compress } from 'hono/compress'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

const app = new Hono()
// Event streams say no-transform, so that it passes them on as they are.
app.use(compress())

app.get('/rooms/:room', (c) => hub.respond(c.req.raw, { topics: [c.req.param('room')] }))
app.post('/rooms/:room', async (c) => c.json(await hub.publish(c.req.param('room'), { data: await c.req.json() })))
app.get('/rooms/:room/history', async (c) => c.json(await hub.read(c.req.param('room'))))
app.get('/countdown', (c) => eventStream(c.req.raw, countdown(3)))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await Bun.sleep(500)
  }
}

// Bun cuts a response that is quiet for 10 s; a heartbeat after 7 keeps a stream open.
export default { fetch: app.fetch, port: process.env.PORT ?? 3000 }
