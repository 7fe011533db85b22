// The service on Node, Bun or Deno. Prints its port. `GET /late` answers by how much a timer was late at most since it was last
// asked, in milliseconds.
import { createHub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'

const adapter = 'Bun' in globalThis ? 'bun' : 'Deno' in globalThis ? 'deno' : 'node'
const { serve } = (await import(`@holdfast/adapters/${adapter}`)) as typeof import('@holdfast/adapters/node')
const service = createService({ hub: createHub(), auth: 'none' })
let late = 0
let last = performance.now()

setInterval(() => {
  const now = performance.now()
  late = Math.max(late, now - last - 1)
  last = now
}, 1)

const { url } = await serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) => (new URL(request.url).pathname === '/late' ? tellLate() : service.fetch(request)),
})
console.log(`port ${new URL(url).port}`)

function tellLate(): Response {
  const response = new Response(String(late))
  late = 0
  return response
}
