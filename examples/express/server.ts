import { setTimeout } from 'node:timers/promises'
import { toNodeHandler } from '@holdfast/adapters/node'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import compression from 'compression'
import express from 'express'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

const app = express()
// Event streams say no-transform, so that it passes them on as they are.
app.use(compression())
app.use(express.json())

app.get('/rooms/:room', (req, res) =>
  toNodeHandler((request) => hub.respond(request, { topics: [req.params.room] }))(req, res),
)
app.post('/rooms/:room', async (req, res) => {
  res.json(await hub.publish(req.params.room, { data: req.body }))
})
app.get('/rooms/:room/history', async (req, res) => {
  res.json(await hub.read(req.params.room))
})
app.get(
  '/countdown',
  toNodeHandler((request) => eventStream(request, countdown(3))),
)

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}

app.listen(Number(process.env.PORT ?? 3000))
