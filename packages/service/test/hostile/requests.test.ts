import { expect, test } from 'vitest'
import { authorized, problemOf } from '../service.ts'
import { attack, head, publish } from './raw.ts'

test('refuses methods that are not there, known to HTTP or not', async () => {
  const { send, hub } = await attack()
  for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'QUERY', 'SEARCH']) {
    for (const path of ['/events?topic=a', '/topics/a', '/ack?conn=a.b', '/stats', '/metrics', '/livez']) {
      const client = send(head(`${method} ${path}`))
      expect(await client.answers(), `${method} ${path}`).toEqual([405])
      await client.until(/allow: (GET, HEAD|POST), OPTIONS\r\n/i)
    }
  }
  for (const method of ['TRACE', 'CONNECT', 'BREW', 'get', 'GET\t']) {
    const client = send(head(`${method} /events?topic=a`))
    await client.until(/^HTTP\/1\.1 (4|5)\d\d |^$/)
    expect(client.received).not.toContain(' 200 ')
  }
  expect(hub.stats()).toMatchObject({ published: 0, subscribers: 0 })
})

test('refuses bytes that are no request, and says nothing of the service', async () => {
  const { send } = await attack()
  for (const bytes of [
    '\0\0\0\0\r\n\r\n',
    '\x16\x03\x01\x02\0\x01\0',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '{"data":1}\r\n\r\n',
  ]) {
    const client = send(bytes)
    await client.untilGone()
    expect(client.received).toMatch(/^(HTTP\/1\.1 (400|505) [\s\S]*)?$/)
    expect(client.received).not.toMatch(/node|hono|\.ts|\bat /i)
  }
})

test('refuses very long headers and request lines', async () => {
  const { send } = await attack()
  const long = 'x'.repeat(200_000)
  for (const bytes of [
    head(`GET /events?topic=${long}`),
    head('GET /livez', { long }),
    head('GET /events?topic=a', { 'last-event-id': long }),
  ]) {
    const client = send(bytes)
    expect((await client.answers())[0]).toBe(431)
    await client.untilGone()
  }
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`h${n}`, 'x']))
  expect((await send(head('GET /livez', many)).answers())[0]).toBeGreaterThanOrEqual(400)
})

test('counts topics, not their bytes', async () => {
  const { send, hub } = await attack()
  const query = (count: number, same = false) =>
    Array.from({ length: count }, (_, n) => `topic=${same ? 1 : n}`).join('&')
  expect(await send(head(`GET /events?${query(33)}`)).until(/topic-count/)).toMatch(/^HTTP\/1\.1 400 /)
  expect(await send(head(`GET /events?${query(1400)}`)).until(/topic-count/)).toMatch(/^HTTP\/1\.1 400 /)
  expect((await send(head(`GET /events?${query(1400, true)}`)).answers())[0]).toBe(200)
  expect((await send(head(`GET /events?${query(32)}`)).answers())[0]).toBe(200)
  expect(hub.stats().topics).toBe(32)
})

const tricks = {
  '/topics/a/': 404,
  '//topics/a': 404,
  '/topics//a': 404,
  '/topics/./a': 201,
  '/x/../topics/a': 201,
  '/topics/..': 404,
  '/topics/%2e%2e': 404,
  '/topics/%2E': 404,
  '/TOPICS/a': 404,
  '/%74opics/a': 201,
  '/topics%2Fa': 404,
  '/topics/a%2F': 201,
  '/topics/%2F%2F': 201,
  '/topics/a%252Fb': 201,
  '/topics/a;b=c': 201,
  '/topics/a:b@c': 201,
  '/topics/%00': 201,
  '/topics/%0d%0a': 201,
  '/topics/%ff': 400,
  '/topics/a%ff%41': 400,
  '/topics/%c0%af': 400,
  '/topics/%ed%a0%80': 400,
  '/topics/%': 400,
  '/topics/%zz': 400,
  '/topics/%EF%BF%BD': 400,
  '/topics/?topic=a': 404,
  '/topics/%3Ftopic=a': 201,
  '/topics/a\\b': 400,
  'http://evil.example/topics/a': 201,
  'topics/a': 400,
  '*': 400,
}
test.each(Object.entries(tricks))(
  'takes the path %s to the one topic that it means, or refuses it',
  async (path, status) => {
    const { send, hub } = await attack()
    const client = send(publish(path, 'x'))
    expect(await client.answers()).toEqual([status])
    expect(hub.stats().published).toBe(status === 201 ? 1 : 0)
  },
)

test.each([
  'a/b',
  '//',
  '%2F',
  '100%',
  'a?b#c',
  'ä€🙂',
  'a+b',
  'a b',
  ' ',
  '\0',
  'a\r\nb',
  '.a',
  '__proto__',
  ':topic',
  '*',
  'a;b,c',
])('publishes to and subscribes to the same topic %j', async (topic) => {
  const { url, hub } = await attack()
  const name = encodeURIComponent(topic)
  const stream = await fetch(`${url}/events?topic=${name}`, { headers: authorized })
  expect(await hub.count(topic)).toBe(1)
  const headers = { ...authorized, 'content-type': 'text/plain' }
  expect((await fetch(`${url}/topics/${name}`, { method: 'POST', headers, body: 'there' })).status).toBe(201)
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; !text.includes('data:there') && !text.includes('data: there');)
    text += (await reader.read()).value
  await reader.cancel()
})

test('refuses in a query what it refuses in a path', async () => {
  const { url } = await attack()
  for (const topic of ['%ff', 'a%ff', '%c0%af', '%ed%a0%80', '%EF%BF%BD', '']) {
    const response = await fetch(`${url}/events?topic=${topic}`, { headers: authorized })
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'invalid-topic' })
  }
})
