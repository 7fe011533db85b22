import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { TestHarness } from 'wrangler'

// As in docs/cloudflare.md: a Worker of somebody who has installed the packages and has no idea of this workspace.
const worker = `
import { durableObjectHub, HubObject } from '@holdfast/adapters/cloudflare'

export { HubObject }

export default {
  async fetch(request, env) {
    const hub = durableObjectHub(env.TOPICS)
    if (request.method === 'POST') return Response.json(await hub.publish('news', { data: await request.json() }))
    return hub.respond(request, { topics: ['news'] })
  },
}
`
const config = {
  name: 'holdfast-consumer',
  main: 'worker.js',
  compatibility_date: '2026-11-01',
  durable_objects: { bindings: [{ name: 'TOPICS', class_name: 'HubObject' }] },
  migrations: [{ tag: 'v1', new_sqlite_classes: ['HubObject'] }],
}

let harness: TestHarness
let url: URL
beforeAll(async () => {
  const folder = join(inject('consumer'), 'worker')
  mkdirSync(folder)
  writeFileSync(join(folder, 'worker.js'), worker)
  writeFileSync(join(folder, 'wrangler.json'), JSON.stringify(config))
  // Read when wrangler is loaded.
  Object.assign(process.env, { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' })
  const { createTestHarness } = await import('wrangler')
  harness = createTestHarness({ workers: [{ configPath: join(folder, 'wrangler.json') }] })
  url = (await harness.listen()).url
})
afterAll(() => harness.close())

it('what is published runs in workerd: an event reaches the stream of a Worker through its object', async () => {
  const { body } = await fetch(url)
  const published = await fetch(url, { method: 'POST', body: JSON.stringify({ hello: 'world' }) })
  const { id } = (await published.json()) as { id: string }
  let text = ''
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) if ((text += chunk).includes('data: ')) break
  expect(text).toContain(`id: ${id}\ndata: {"hello":"world"}\n\n`)
})
