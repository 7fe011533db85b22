import { expect, test, vi } from 'vitest'
import { post, problemOf, serviceOf } from './service.ts'

const limits = { bodyBytes: 8, bodyTimeout: 30, events: 2 }

/** A request whose body is a stream, so that no length is declared. */
function streamed(body: ReadableStream<Uint8Array>): RequestInit {
  return { ...post(''), body, duplex: 'half' } as RequestInit
}

test('refuses a body that is declared too large, before reading it', async () => {
  const { fetch } = serviceOf({ limits })
  const request = post('"123456789"', { 'content-length': '11' })
  expect(await problemOf(await fetch('/topics/a', request))).toMatchObject({ status: 413, code: 'body-too-large' })
})

test('stops a body without an end at the limit', async () => {
  const { fetch } = serviceOf({ limits })
  const cancel = vi.fn()
  const pull = vi.fn((controller: ReadableStreamDefaultController<Uint8Array>) => controller.enqueue(new Uint8Array(4)))
  const response = await fetch('/topics/a', streamed(new ReadableStream<Uint8Array>({ pull, cancel })))
  expect(await problemOf(response)).toMatchObject({ status: 413, code: 'body-too-large' })
  expect(cancel).toHaveBeenCalled()
  expect(pull.mock.calls.length).toBeLessThan(6)
})

test('stops a body that does not come', async () => {
  const { fetch } = serviceOf({ limits })
  const cancel = vi.fn()
  const response = await fetch('/topics/a', streamed(new ReadableStream({ cancel })))
  expect(await problemOf(response)).toMatchObject({ status: 408, code: 'body-timeout' })
  expect(cancel).toHaveBeenCalled()
})

test('answers a body that breaks off, and reports nothing', async () => {
  const onError = vi.fn()
  const { fetch } = serviceOf({ onError })
  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) })
  expect(await problemOf(await fetch('/topics/a', streamed(broken)))).toMatchObject({
    status: 400,
    code: 'invalid-body',
  })
  expect(onError).not.toHaveBeenCalled()
})

test('refuses bytes that are not UTF-8', async () => {
  const { fetch } = serviceOf()
  const body = new Uint8Array([0x22, 0xc3, 0x22])
  const response = await fetch('/topics/a', { ...post(''), body })
  expect(await problemOf(response)).toMatchObject({ status: 400, code: 'invalid-body' })
})

test('limits the events of one publication', async () => {
  const { fetch } = serviceOf({ limits: { events: 2 } })
  const events = [{ data: 1 }, { data: 2 }, { data: 3 }]
  expect(await problemOf(await fetch('/topics/a', post({ events })))).toMatchObject({
    status: 413,
    code: 'too-many-events',
  })
  expect((await fetch('/topics/a', post({ events: events.slice(1) }))).status).toBe(201)
})

test('refuses a topic that is too long', async () => {
  const { fetch } = serviceOf()
  expect(await problemOf(await fetch(`/topics/${'t'.repeat(257)}`, post({ data: 1 })))).toMatchObject({
    status: 400,
    code: 'invalid-topic',
  })
  expect((await fetch(`/topics/${'t'.repeat(256)}`, post({ data: 1 }))).status).toBe(201)
})

test('does not fall over deeply nested JSON, which engines read to different depths', async () => {
  const { fetch } = serviceOf()
  const depth = 100_000
  const response = await fetch('/topics/a', post(`{"data":${'['.repeat(depth)}${']'.repeat(depth)}}`))
  expect(response.status).toBeLessThan(500)
})

test('does not read the body of a stranger', async () => {
  const { fetch } = serviceOf()
  const pull = vi.fn()
  const body = new ReadableStream({ pull }, { highWaterMark: 0 })
  const headers = { 'content-type': 'text/plain' }
  const response = await fetch('/topics/a', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)
  expect(response.status).toBe(401)
  expect(pull).not.toHaveBeenCalled()
})
