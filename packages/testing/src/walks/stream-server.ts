/** GET /events is a stream; POST /publish brings an event to it. */
import { serve } from '@holdfast/adapters/node'
import { createHub } from '@holdfast/core/hub'

const hub = createHub()
const server = await serve({
  async fetch(request) {
    if (request.method === 'GET') return hub.respond(request, { topics: ['news'] })
    return Response.json(await hub.publish('news', { data: 'an event' }))
  },
  port: 0,
  hostname: '127.0.0.1',
})
console.log(`listening ${server.url}`)
