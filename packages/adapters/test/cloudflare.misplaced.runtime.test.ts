import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Harness, startWorker } from './cloudflare/harness.ts'

let server: Harness
beforeAll(async () => {
  server = await startWorker('./worker/misplaced-hub.wrangler.jsonc')
})
afterAll(() => server.harness.close())

const refused = { code: 'hub-scope', message: expect.stringContaining('durableObjectHub') as string }

it('a hub at the top of a Worker is refused at once, and told of the one for Workers', async () => {
  expect(await server.ask('/top')).toEqual(refused)
})

it('a hub that one request made is refused to the next, which would hang', async () => {
  const first = await fetch(`${server.url}/first`)
  expect(first.headers.get('content-type')).toBe('text/event-stream')
  expect(await server.ask('/first')).toEqual(refused)
  await first.body?.cancel()
})

it('a hub of the request itself answers', async () => {
  const response = await fetch(`${server.url}/own`)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  await response.body?.cancel()
})
