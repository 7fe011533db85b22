import { setTimeout } from 'node:timers/promises'
import { toNodeHandler } from '@holdfast/adapters/node'
import { eventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import compress from 'koa-compress'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

// Koa sends `ctx.body` itself, after all middleware, unless it is told that somebody else responds.
function answer(ctx: Context, respond: (request: Request) => Response | Promise<Response>) {
  ctx.respond = false
  toNodeHandler(respond)(ctx.req, ctx.res)
}

const router = new Router()
router.get('/rooms/:room', (ctx) => answer(ctx, (request) => hub.respond(request, { topics: [ctx.params.room] })))
router.post('/rooms/:room', async (ctx) => {
  ctx.body = await hub.publish(ctx.params.room, { data: ctx.request.body })
})
router.get('/rooms/:room/history', async (ctx) => {
  ctx.body = await hub.read(ctx.params.room)
})
router.get('/countdown', (ctx) => answer(ctx, (request) => eventStream(request, countdown(3))))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}

const app = new Koa()
// Koa takes a client that leaves for an error. Of those the hub has told already.
app.on('error', (error, ctx?: Context) => {
  if (ctx?.respond !== false) console.error(error)
})
app.use(compress())
app.use(bodyParser())
app.use(router.routes())
app.listen(Number(process.env.PORT ?? 3000))
