import { serve } from '@holdfast/adapters/node'
import { createHub } from '@holdfast/core/hub'
import { openRaw } from '../raw-client/index.ts'
import type { Path } from './walk.ts'

/** A reader comes back with the id of an event, and gets what came after it from the history. */
export async function resuming(): Promise<Path> {
  const hub = createHub()
  const server = await serve({
    fetch: (request) => hub.respond(request, { topics: ['news'] }),
    port: 0,
    hostname: '127.0.0.1',
  })
  const ids: string[] = []
  for (let count = 0; count < 100; count++) ids.push((await hub.publish('news', { data: 'before' })).id)
  await hub.publish('news', { data: 'missed' })
  // Somebody is there all the time, so that the topic is not subscribed to anew.
  const other = await openRaw(server.url)
  return {
    async step() {
      // From further back each time: what was read a moment ago is not read again.
      const reader = await openRaw(server.url, { headers: { 'last-event-id': ids.pop() ?? '' } })
      await reader.until('the replay', () => reader.events.some(({ data }) => data === 'missed'))
      reader.destroy()
    },
    async close() {
      other.destroy()
      await server.close({ hub, within: 1_000 })
    },
  }
}
