import { serve } from '@holdfast/adapters/node'
import { createHub } from '@holdfast/core/hub'
import { createService, secret } from '@holdfast/service'
import { openRaw } from '../raw-client/index.ts'
import type { Path } from './walk.ts'

const token = 'a-secret-that-nobody-knows'

/** An event comes by POST to the service and leaves by the socket of a reader who has been there before. */
export async function publishing(): Promise<Path> {
  const hub = createHub()
  const service = createService({ hub, auth: secret(token), publicTopics: ['news'] })
  const server = await serve({ fetch: service.fetch, port: 0, hostname: '127.0.0.1' })
  const reader = await openRaw(`${server.url}/events?topic=news`)
  let count = 0
  return {
    async step() {
      const data = `event ${++count}`
      const answer = await fetch(`${server.url}/topics/news`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ data }),
      })
      if (!answer.ok) throw new Error(`Cannot publish: ${answer.status} ${await answer.text()}`)
      await answer.text()
      await reader.until(data, () => reader.events.some((event) => event.data === data))
    },
    async close() {
      reader.destroy()
      await server.close({ hub, within: 1_000 })
    },
  }
}
