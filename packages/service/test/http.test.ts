import { expect, test, vi } from 'vitest'
import { authorized, post, problemOf, serviceOf } from './service.ts'

test('answers other methods by what is allowed', async () => {
  const { fetch } = serviceOf()
  const refused = async (path: string, method: string) => {
    const response = await fetch(path, { method, headers: authorized })
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method-not-allowed' })
    return response.headers.get('allow')
  }
  expect(await refused('/events', 'POST')).toBe('GET, HEAD, OPTIONS')
  expect(await refused('/topics/a', 'GET')).toBe('POST, OPTIONS')
  expect(await refused('/topics/a', 'DELETE')).toBe('POST, OPTIONS')
  expect(await refused('/livez', 'PUT')).toBe('GET, HEAD, OPTIONS')
  expect((await fetch('/topics/a', { method: 'HEAD' })).status).toBe(405)
})

test('answers OPTIONS', async () => {
  const { fetch } = serviceOf()
  const response = await fetch('/topics/a', { method: 'OPTIONS' })
  expect(response.status).toBe(204)
  expect(response.headers.get('allow')).toBe('POST, OPTIONS')
})

test('answers what is not there', async () => {
  const { fetch } = serviceOf()
  for (const path of ['/', '/topics', '/topics/', '/topics/a/b', '/event']) {
    expect(await problemOf(await fetch(path))).toMatchObject({ status: 404, code: 'not-found' })
  }
})

test('keeps an internal message to itself, and reports it', async () => {
  const onError = vi.fn()
  const { hub, fetch } = serviceOf({ onError })
  const failure = new Error('ECONNREFUSED 10.0.0.7')
  vi.spyOn(hub, 'publish').mockRejectedValue(failure)
  const response = await fetch('/topics/a', post({ data: 1 }))
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await problemOf(response)).toEqual({
    type: 'about:blank',
    title: 'Internal Server Error',
    status: 500,
    code: 'internal',
  })
  expect(onError).toHaveBeenCalledExactlyOnceWith(failure, expect.any(Request))
})

test('answers a closed hub with 503 and the time to come back', async () => {
  const { hub, fetch } = serviceOf()
  await hub.close()
  const response = await fetch('/topics/a', post({ data: 1 }))
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await problemOf(response)).toMatchObject({ status: 503 })
})
