import { setTimeout } from 'node:timers/promises'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { getRouterParam, H3, serve } from 'h3'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

const app = new H3()

app.get('/rooms/:room', (event) => hub.respond(event.req, { topics: [getRouterParam(event, 'room') ?? ''] }))
app.post('/rooms/:room', async (event) =>
  hub.publish(getRouterParam(event, 'room') ?? '', { data: await event.req.json() }),
)
app.get('/countdown', (event) => eventStream(event.req, countdown(3)))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}

serve(app, { port: Number(process.env.PORT ?? 3000) })
