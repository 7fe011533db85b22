import { setTimeout } from 'node:timers/promises'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { serve } from '@hono/node-server'
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
    await setTimeout(500)
  }
}

serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
