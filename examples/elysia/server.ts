import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { Elysia } from 'elysia'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

new Elysia()
  .get('/rooms/:room', ({ request, params }) => hub.respond(request, { topics: [params.room] }))
  .post('/rooms/:room', ({ body, params }) => hub.publish(params.room, { data: body }))
  .get('/countdown', ({ request }) => eventStream(request, countdown(3)))
  .listen(process.env.PORT ?? 3000)

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await Bun.sleep(500)
  }
}
