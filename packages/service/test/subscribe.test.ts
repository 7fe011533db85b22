import { sinkBodyOf } from '@holdfast/core/adapter'
import { expect, test } from 'vitest'
import { authorized, post, problemOf, readUntil, serviceOf } from './service.ts'

test('delivers what is published by HTTP', async () => {
  const { fetch } = serviceOf()
  const response = await fetch('/events?topic=news', { headers: authorized })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)

  await fetch('/topics/news', post({ event: 'headline', data: { n: 1 } }))
  expect(await readUntil(response, /data: .*\n\n/)).toMatch(/event: ?headline\n.*data: ?\{"n":1\}\n/s)
})

test('subscribes to several topics at once, each counted once', async () => {
  const { hub, fetch } = serviceOf({ limits: { topics: 2 } })
  const response = await fetch('/events?topic=a&topic=b&topic=a', { headers: authorized })
  expect(await hub.count('a')).toBe(1)
  expect(await hub.count('b')).toBe(1)
  await response.body?.cancel()
})

test('hands the hub’s own body on, so that an adapter can attach its sink', async () => {
  const { fetch } = serviceOf({ cors: ['https://app.example'] })
  const response = await fetch('/events?topic=a', { headers: { ...authorized, origin: 'https://app.example' } })
  expect(sinkBodyOf(response.body)).toBeDefined()
  await response.body?.cancel()
})

test('answers HEAD with the headers and opens no stream', async () => {
  const { hub, fetch } = serviceOf()
  const response = await fetch('/events?topic=a', { method: 'HEAD', headers: authorized })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  expect(response.body).toBeNull()
  expect(hub.stats().subscribers).toBe(0)
})

test('refuses no topic, too many, and names that are empty or too long', async () => {
  const { fetch } = serviceOf({ limits: { topics: 2, topicLength: 5 } })
  const codeOf = async (query: string) =>
    (await problemOf(await fetch(`/events?${query}`, { headers: authorized }))).code
  expect(await codeOf('')).toBe('invalid-topic')
  expect(await codeOf('topic=')).toBe('invalid-topic')
  expect(await codeOf('topic=longer')).toBe('invalid-topic')
  expect(await codeOf('topic=a&topic=b&topic=c')).toBe('topic-count')
})

test('finds the hub by the context', async () => {
  const { hub, fetch } = serviceOf({ hub: () => hub2.hub })
  const hub2 = serviceOf()
  expect((await fetch('/topics/a', post({ data: 1 }))).status).toBe(201)
  expect(hub.stats().published).toBe(0)
  expect(hub2.hub.stats().published).toBe(1)
})
