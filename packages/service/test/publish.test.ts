import type { Published } from '@holdfast/core/hub'
import { expect, test } from 'vitest'
import { authorized, post, problemOf, readUntil, serviceOf } from './service.ts'

test('answers with the position, 201 when stored and 200 when it was a duplicate', async () => {
  const { fetch } = serviceOf()
  const first = await fetch('/topics/a', post({ data: 'x', key: 'k1' }))
  expect(first.status).toBe(201)
  const published = (await first.json()) as Published
  expect(published).toMatchObject({ position: { offset: 1 }, duplicate: false })
  expect(published.id).toMatch(/^c1~/)

  const again = await fetch('/topics/a', post({ data: 'x', key: 'k1' }))
  expect(again.status).toBe(200)
  expect(await again.json()).toEqual({ ...published, duplicate: true })
})

test('stores a batch as one', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=a', { headers: authorized })
  const response = await fetch('/topics/a', post({ events: [{ data: 1 }, { data: [2], event: 'two' }] }))
  expect(await response.json()).toMatchObject({ position: { offset: 2 } })
  expect(await readUntil(stream, /\[2\]\n/)).toMatch(/data: ?1\n.*event: ?two\n/s)
})

test('takes plain text as the data, with the event type and key in the query', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=a', { headers: authorized })
  const text = {
    method: 'POST',
    headers: { ...authorized, 'content-type': 'text/plain; charset=UTF-8' },
    body: 'één\ntwee',
  }
  expect((await fetch('/topics/a?event=note&key=1', text)).status).toBe(201)
  expect((await fetch('/topics/a?event=note&key=1', text)).status).toBe(200)
  expect(await readUntil(stream, /twee\n/)).toMatch(/event: ?note\n.*data: ?één\ndata: ?twee\n/s)
})

test('decodes the topic of the path', async () => {
  const { hub, fetch } = serviceOf()
  const stream = await fetch(`/events?topic=${encodeURIComponent('prices/€')}`, { headers: authorized })
  await fetch(`/topics/${encodeURIComponent('prices/€')}`, post({ data: 'up' }))
  expect(await hub.count('prices/€')).toBe(1)
  expect(await readUntil(stream, /up\n/)).toContain('up')
})

const malformed = {
  'no JSON': '{"data":',
  'no object': '[]',
  'no data': { event: 'a' },
  'an unknown member': { data: 1, id: '7' },
  'an event type that is no string': { data: 1, event: 7 },
  'a key that is no string': { data: 1, key: 7 },
  'an empty key': { data: 1, key: '' },
  'a key too long': { data: 1, key: 'k'.repeat(257) },
  'events that are no array': { events: {} },
  'no events': { events: [] },
  'data beside events': { events: [{ data: 1 }], data: 1 },
  'a key inside a batch': { events: [{ data: 1, key: 'a' }] },
  'an event that is null': { events: [null] },
}
test.each(Object.entries(malformed))('refuses %s', async (_, body) => {
  const { hub, fetch } = serviceOf()
  expect(await problemOf(await fetch('/topics/a', post(body)))).toMatchObject({ status: 400, code: 'invalid-body' })
  expect(hub.stats().published).toBe(0)
})

test('answers the hub’s refusals with their code', async () => {
  const { fetch } = serviceOf()
  const refusal = await problemOf(await fetch('/topics/a', post({ data: 1, event: 'two\nlines' })))
  expect(refusal).toMatchObject({ status: 400, code: 'invalid-field' })
  expect(await problemOf(await fetch('/topics/a', post({ data: 1, event: 'gap' })))).toMatchObject({ status: 400 })
})

test('refuses other media types, other charsets and compressed bodies', async () => {
  const { fetch } = serviceOf()
  const statusOf = async (headers: Record<string, string>) => (await fetch('/topics/a', post('x', headers))).status
  expect(await statusOf({ 'content-type': 'application/xml' })).toBe(415)
  expect(await statusOf({ 'content-type': 'text/plain; charset=latin1' })).toBe(415)
  expect(await statusOf({ 'content-type': 'text/plain', 'content-encoding': 'gzip' })).toBe(415)
  expect(await statusOf({ 'content-type': 'text/plain;charset="utf-8"' })).toBe(201)
})
