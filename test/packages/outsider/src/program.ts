import { eventStream, readEventStream } from '@holdfast/core'
import { connect, type EventConnection } from '@holdfast/core/client'
import { createHub, type Hub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'

export const hub: Hub = createHub()
const service = createService({ hub, auth: 'none', publicTopics: ['news'] })

/** Single streams at `/words`, the service everywhere else. */
export function answer(request: Request): Response | Promise<Response> {
  if (new URL(request.url).pathname !== '/words') return service.fetch(request)
  return eventStream(request, async (stream) => {
    for (const word of ['To', 'be', 'continued']) await stream.send({ event: 'word', data: word })
  })
}

/** Read a single stream, then be told of what is published meanwhile. */
export async function check(origin: string): Promise<void> {
  const words: string[] = []
  for await (const { data } of readEventStream(await fetch(`${origin}/words`))) words.push(data)
  expectEqual(words, ['To', 'be', 'continued'])
  await checkNews(origin)
}

/** Publish over HTTP, once a client is connected, and receive it. */
export async function checkNews(origin: string): Promise<void> {
  const events = connect([`${origin}/events?topic=news`])
  const opened = new Promise<void>((resolve) => {
    events.onStatus(({ state }) => state === 'open' && resolve())
  })
  const received = first(events)
  await opened
  const published = await fetch(`${origin}/topics/news`, {
    method: 'POST',
    body: 'hello',
    headers: { 'content-type': 'text/plain' },
  })
  expectEqual(published.status, 201)
  expectEqual(await received, { topic: 'news', data: 'hello' })
}

async function first(events: EventConnection): Promise<unknown> {
  for await (const { topic, data } of events) return { topic, data }
  return undefined
}

function expectEqual(actual: unknown, expected: unknown): void {
  const [is, wanted] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== wanted) throw new Error(`Expected ${wanted}, got ${is}`)
}
