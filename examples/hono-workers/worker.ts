import { durableObjectHub, HubObject } from '@holdfast/adapters/cloudflare'
import { eventStream } from '@holdfast/core'
import { Hono } from 'hono'

// Each topic is an object of this class: its log in SQLite, its readers as WebSockets that hibernate.
export { HubObject }

interface Bindings {
  TOPICS: DurableObjectNamespace<HubObject>
}

// In a Worker a hub belongs to its request: streams and timers of one request cannot serve another.
const hubOf = ({ TOPICS }: Bindings) =>
  durableObjectHub(TOPICS, { onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

const app = new Hono<{ Bindings: Bindings }>()

app.get('/rooms/:room', (c) => hubOf(c.env).respond(c.req.raw, { topics: [c.req.param('room')] }))
app.post('/rooms/:room', async (c) =>
  c.json(await hubOf(c.env).publish(c.req.param('room'), { data: await c.req.json() })),
)
app.get('/countdown', (c) => eventStream(c.req.raw, countdown(3)))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await scheduler.wait(500)
  }
}

export default app
