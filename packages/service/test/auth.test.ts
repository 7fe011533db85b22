import { type Auth, secret } from '@holdfast/service'
import { describe, expect, test } from 'vitest'
import { authorized, post, problemOf, serviceOf, token } from './service.ts'

const text = { method: 'POST', body: 'x' }
const plain = { 'content-type': 'text/plain' }

describe('a secret', () => {
  test('is needed to publish and to subscribe', async () => {
    const { fetch } = serviceOf()
    for (const response of [await fetch('/events?topic=a'), await fetch('/topics/a', { ...text, headers: plain })]) {
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="holdfast"')
      expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
    }
  })

  test('that is wrong is told from one that is missing', async () => {
    const { fetch } = serviceOf()
    for (const wrong of ['wrong', `${token}x`, token.slice(1)]) {
      const response = await fetch('/events?topic=a', { headers: { authorization: `Bearer ${wrong}` } })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    }
  })

  test('is something that a header can carry', () => {
    for (const token of ['', 'two words that are long enough', 'a-naïve-one-that-is-long', 'long-enough-with\na-break'])
      expect(() => secret(token)).toThrow(TypeError)
  })

  test('comes by header, by query, or by cookie', async () => {
    const { fetch } = serviceOf({ auth: secret('a-secret-long-enough') })
    const statusOf = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(path, { headers })
      await response.body?.cancel()
      return response.status
    }
    expect(await statusOf('/events?topic=a', { authorization: 'bearer a-secret-long-enough' })).toBe(200)
    expect(await statusOf('/events?topic=a&access_token=a-secret-long-enough')).toBe(200)
    expect(await statusOf('/events?topic=a', { cookie: 'a=b; holdfast_token="a-secret-long-enough"' })).toBe(200)
    expect(await statusOf('/events?topic=a', { cookie: 'xholdfast_token=a-secret-long-enough; holdfast_token' })).toBe(
      401,
    )
    expect(await statusOf('/events?topic=a', { authorization: 'Basic a-secret-long-enough' })).toBe(401)
    expect(await statusOf('/events?topic=a&access_token=a-secret-long-enough', { authorization: 'Bearer wrong' })).toBe(
      401,
    )
  })
})

describe('a cookie', () => {
  const statusOf = async (headers: Record<string, string>) => {
    const { fetch } = serviceOf({ auth: secret('a-secret-long-enough'), cors: ['https://app.example'] })
    const cookie = 'holdfast_token=a-secret-long-enough'
    return (
      await fetch('http://hub.example/topics/a', {
        ...text,
        headers: { ...plain, cookie, host: 'hub.example', ...headers },
      })
    ).status
  }

  test('publishes from the same origin and from origins that CORS names', async () => {
    expect(await statusOf({})).toBe(201)
    expect(await statusOf({ 'sec-fetch-site': 'same-origin', origin: 'https://hub.example' })).toBe(201)
    expect(await statusOf({ origin: 'http://hub.example' })).toBe(201)
    expect(await statusOf({ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' })).toBe(201)
  })

  test('does not publish for a page of another site', async () => {
    expect(await statusOf({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(401)
    expect(await statusOf({ 'sec-fetch-site': 'same-site', origin: 'https://x.hub.example' })).toBe(401)
    expect(await statusOf({ origin: 'https://evil.example' })).toBe(401)
    expect(await statusOf({ origin: 'null' })).toBe(401)
  })
})

describe('public topics', () => {
  const publicTopics = ['news', 'prices/*']

  test('need no token, and no valid one', async () => {
    const { fetch } = serviceOf({ publicTopics })
    for (const query of ['topic=news', 'topic=prices/gold&topic=news', 'topic=news&access_token=wrong']) {
      const response = await fetch(`/events?${query}`)
      expect(response.status).toBe(200)
      await response.body?.cancel()
    }
  })

  test('open nothing else', async () => {
    const { fetch } = serviceOf({ publicTopics })
    for (const query of ['topic=newspaper', 'topic=prices', 'topic=news&topic=secrets', 'topic=News']) {
      expect((await fetch(`/events?${query}`)).status).toBe(401)
    }
    expect((await fetch('/topics/news', { ...text, headers: plain })).status).toBe(401)
  })
})

test('the word none lets everybody in', async () => {
  const { fetch } = serviceOf({ auth: 'none' })
  expect((await fetch('/topics/a', { ...text, headers: plain })).status).toBe(201)
  const response = await fetch('/events?topic=a')
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

describe('an auth of one’s own', () => {
  const readerOfA: Auth = {
    authenticate: (token) =>
      Promise.resolve(
        token === 'a' ? { identity: 'ann', publish: () => false, subscribe: (topic) => topic === 'a' } : undefined,
      ),
  }
  const headers = { authorization: 'Bearer a' }

  test('grants by topic', async () => {
    const { fetch } = serviceOf({ auth: readerOfA, publicTopics: ['news'] })
    const allowed = await fetch('/events?topic=a&topic=news', { headers })
    expect(allowed.status).toBe(200)
    await allowed.body?.cancel()
    const denied = await problemOf(await fetch('/events?topic=a&topic=b', { headers }))
    expect(denied).toMatchObject({ status: 403, code: 'forbidden' })
    expect(denied.detail).toContain('"b"')
    expect((await fetch('/topics/a', { ...text, headers: { ...plain, ...headers } })).status).toBe(403)
  })

  test('gives the hub the identity', async () => {
    const { hub, fetch } = serviceOf({ auth: readerOfA })
    await fetch('/events?topic=a', { headers })
    expect(await hub.disconnect({ identity: 'ann' })).toBe(1)
  })

  test('that fails is an internal error', async () => {
    const failing: Auth = { authenticate: () => Promise.reject(new Error('database at 10.0.0.7 is down')) }
    const { fetch } = serviceOf({ auth: failing, onError: () => {} })
    const response = await fetch('/topics/a', post({ data: 1 }, authorized))
    expect(await response.text()).not.toContain('database')
    expect(response.status).toBe(500)
  })
})
