import { expect, test } from 'vitest'
import { authorized, post, serviceOf } from './service.ts'

const app = 'https://app.example'
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
})
const granted = (response: Response) => response.headers.get('access-control-allow-origin')

test('sends no header unless origins are named', async () => {
  const { fetch } = serviceOf()
  const response = await fetch('/livez', { headers: { origin: app } })
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control') || name === 'vary')).toEqual(
    [],
  )
  const asked = await fetch('/events', preflight(app))
  expect(asked.status).toBe(204)
  expect(granted(asked)).toBeNull()
})

test('answers a preflight without a token, and lets it be cached', async () => {
  const { fetch } = serviceOf({ cors: [app] })
  const { status, headers } = await fetch('/topics/a', preflight(app))
  expect(status).toBe(204)
  expect(headers.get('access-control-allow-origin')).toBe(app)
  expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST')
  expect(headers.get('access-control-allow-headers')).toBe('Authorization, Last-Event-ID, Content-Type, Cache-Control')
  expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(600)
  expect(headers.get('vary')).toBe('Origin')
})

test('exposes what a client reads, on streams and on problems', async () => {
  const { fetch } = serviceOf({ cors: [app] })
  const stream = await fetch('/events?topic=a', { headers: { ...authorized, origin: app } })
  const problem = await fetch('/events?topic=a', { headers: { origin: app } })
  await stream.body?.cancel()
  for (const response of [stream, problem]) {
    expect(granted(response)).toBe(app)
    expect(response.headers.get('access-control-expose-headers')).toBe('Retry-After, Content-Location')
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    expect(response.headers.get('vary')).toBe('Origin')
  }
})

test('grants nothing to other origins, but says that the answer depends on the origin', async () => {
  const { fetch } = serviceOf({ cors: [app] })
  for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null']) {
    const response = await fetch('/livez', { headers: { origin } })
    expect(granted(response)).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
    expect(granted(await fetch('/livez', preflight(origin)))).toBeNull()
  }
  expect((await fetch('/livez')).headers.get('vary')).toBe('Origin')
})

test('asks a function', async () => {
  const { fetch } = serviceOf({ cors: (origin) => origin.endsWith('.app.example') })
  expect(granted(await fetch('/livez', { headers: { origin: 'https://eu.app.example' } }))).toBe(
    'https://eu.app.example',
  )
  expect(granted(await fetch('/livez', { headers: { origin: app } }))).toBeNull()
})

test('grants everybody by a star, without cookies', async () => {
  const { fetch } = serviceOf({ cors: ['*'] })
  const { headers } = await fetch('/livez', { headers: { origin: app } })
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('access-control-allow-credentials')).toBeNull()
})

test('says the same on every answer: an error of the hub, a refusal, no such path, no body', async () => {
  const { hub, fetch } = serviceOf({ cors: [app], onError: () => {} })
  const answers = async () => [
    await fetch('/nowhere', { headers: { origin: app } }),
    await fetch('/events?topic=a', { method: 'PUT', headers: { origin: app } }),
    await fetch('/stats', { headers: { origin: app } }),
    await fetch('/metrics', { headers: { ...authorized, origin: app } }),
    await fetch('/events?topic=a', { method: 'HEAD', headers: { ...authorized, origin: app } }),
    await fetch('/topics/a', { method: 'OPTIONS', headers: { origin: app } }),
    await fetch('/topics/a', post({ data: 1 }, { origin: app })),
    await fetch('/events?topic=a', { headers: { ...authorized, origin: app, accept: 'text/event-stream' } }),
    await fetch('/events?topic=a', { headers: { ...authorized, origin: app, accept: 'text/event-stream;holdfast=1' } }),
  ]
  const before = await answers()
  for (const { body } of before.slice(-2)) await body?.cancel()
  await hub.close()
  const after = await answers()
  for (const response of [...before, ...after]) {
    expect(granted(response)).toBe(app)
    expect(response.headers.get('access-control-allow-credentials')).toBe('true')
    expect(response.headers.get('access-control-expose-headers')).toBe('Retry-After, Content-Location')
    expect(response.headers.get('vary')).toBe('Origin')
  }
  expect(after.map(({ status }) => status)).toEqual([404, 405, 401, 200, 200, 204, 503, 200, 503])
})
