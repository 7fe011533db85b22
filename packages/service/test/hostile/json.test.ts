import { expect, test } from 'vitest'
import { post, problemOf, readUntil, serviceOf, authorized } from '../service.ts'

const refused = {
  nothing: '',
  'a byte order mark': '\uFEFF{"data":1}',
  'two values': '{"data":1}{"data":2}',
  'a comment': '{"data":1}//',
  'single quotes': "{'data':1}",
  NaN: '{"data":NaN}',
  'a trailing comma': '{"data":1,}',
  'a raw line break in a string': '{"data":"a\nb"}',
  '__proto__ beside data': '{"data":1,"__proto__":{"event":"x"}}',
  '__proto__ instead of data': '{"__proto__":{"data":1}}',
  constructor: '{"data":1,"constructor":{"prototype":{"x":1}}}',
  'an event with __proto__': '{"events":[{"data":1,"__proto__":{"event":"x"}}]}',
  'an event that inherits its data': '{"events":[{"__proto__":{"data":1}}]}',
  'a list with a length': '{"events":{"length":1,"0":{"data":1}}}',
  toJSON: '{"data":1,"toJSON":1}',
  'an id of its own': '{"data":1,"id":"x\\ndata: forged"}',
  'a retry of its own': '{"data":1,"retry":1}',
  'a comment of its own': '{"data":1,"comment":"hint end=done"}',
}
test.each(Object.entries(refused))('refuses %s', async (_, body) => {
  const { hub, fetch } = serviceOf()
  expect(await problemOf(await fetch('/topics/a', post(body)))).toMatchObject({ status: 400, code: 'invalid-body' })
  expect(hub.stats().published).toBe(0)
  expect({}).not.toHaveProperty('event')
})

test('of a member that comes twice, the last one holds, also for what is checked', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=a', { headers: authorized })
  expect((await fetch('/topics/a', post('{"event":"gap","event":"fine","data":1,"data":2}'))).status).toBe(201)
  expect((await fetch('/topics/a', post('{"event":"fine","event":"gap","data":1}'))).status).toBe(400)
  expect(await readUntil(stream, /data: ?2\n/)).toMatch(/event: ?fine\n/)
})

test('data is any JSON, members with strange names included', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=a', { headers: authorized })
  for (const data of ['{"__proto__":{"x":1},"toJSON":"x"}', '"\\ud800"', '"\\u0000"', '1e400', 'null']) {
    const response = await fetch('/topics/a', post(`{"data":${data}}`))
    expect([201, 400]).toContain(response.status)
  }
  const text = await readUntil(stream, /data: ?null\n/)
  expect(text).toMatch(/data: ?\{"__proto__":\{"x":1\},"toJSON":"x"\}\n/)
  expect(text).not.toMatch(/Infinity/)
})

test.each([10_000, 100_000, 500_000])('stands JSON that is %i levels deep, wherever it is', async (depth) => {
  const { fetch } = serviceOf({ onError: () => {} })
  const deep = '['.repeat(depth) + ']'.repeat(depth)
  const objects = '{"a":'.repeat(depth / 10) + '1' + '}'.repeat(depth / 10)
  for (const body of [
    deep,
    objects,
    `{"data":${deep}}`,
    `{"data":${objects}}`,
    `{"events":${deep}}`,
    `{"key":${deep},"data":1}`,
    `{"x":${deep},"data":1}`,
  ]) {
    const response = await fetch('/topics/a', post(body))
    expect([201, 400, 413]).toContain(response.status)
  }
})

test('refuses a batch of ninety thousand events by their number', async () => {
  const { hub, fetch } = serviceOf()
  const body = `{"events":[${'{"data":1},'.repeat(90_000)}{"data":1}]}`
  expect(await problemOf(await fetch('/topics/a', post(body)))).toMatchObject({ status: 413, code: 'too-many-events' })
  expect(hub.stats().published).toBe(0)
})

test.each([
  'application/json; charset=utf-16',
  'application/jsonp',
  'application/json, text/plain',
  'text/plain+json',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  '',
  ';',
  'text/plain;charset=utf-7',
])('refuses the content type %j', async (type) => {
  const { fetch } = serviceOf()
  const response = await fetch('/topics/a', post('{"data":1}', { 'content-type': type }))
  expect(response.headers.get('accept-post')).toBe('application/json, text/plain')
  expect(await problemOf(response)).toMatchObject({ status: 415, code: 'unsupported-media-type' })
})
