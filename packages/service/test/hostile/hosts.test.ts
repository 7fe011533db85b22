import { expect, test, vi } from 'vitest'
import { createHub } from '@holdfast/core/hub'
import { createService, secret } from '@holdfast/service'
import { authorized, post, serviceOf, token } from '../service.ts'

// What a runtime makes of a request without a host, or with one that is none, and does not check (Bun 1.4, Deno 2.9).
function unchecked(url: string, init: RequestInit = {}): Request {
  const request = new Request('http://localhost/', init)
  return new Proxy(request, {
    get: (target, name) => {
      if (name === 'url') return url
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as (...values: unknown[]) => unknown).bind(target) : value
    },
  })
}

const app = () => createService({ hub: createHub(), auth: secret(token), publicTopics: ['news'] })

test.each(['', 'http://a b', 'http://a:99999999', 'http://[::1'])(
  'answers at %o, whatever the host',
  async (origin) => {
    const service = app()
    const ask = async (path: string, init?: RequestInit): Promise<Response> =>
      service.fetch(unchecked(origin + path, init))
    expect((await ask('/readyz')).status).toBe(200)
    expect((await ask('/topics/news', post({ data: 1 }))).status).toBe(201)
    expect((await ask('/stats', { headers: authorized })).status).toBe(200)
    expect((await ask(`/stats?access_token=${token}`)).status).toBe(200)
    expect((await ask('/nowhere')).status).toBe(404)
    const stream = await ask('/events?topic=news&lastEventId=earliest')
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await stream.body?.cancel()
  },
)

test('an error that holds the token is logged without it', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const { hub, fetch } = serviceOf()
  const hush = 'hush hush'
  const throwing = (error: unknown): void => void vi.spyOn(hub, 'publish').mockRejectedValueOnce(error)
  const written = `http://a b/topics/a?access_token=${encodeURIComponent(hush)}`
  const errors = [
    Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: written }),
    new Error('inner', { cause: new Error(`of ${written}`) }),
    new Error(`in clear: ${hush}, ${token}, cookie`),
  ]
  for (const error of errors) {
    throwing(error)
    const query = `?access_token=${encodeURIComponent(hush)}`
    const response = await fetch(`/topics/a${query}`, post({ data: 1 }, { cookie: 'holdfast_token="cookie"' }))
    expect(response.status).toBe(500)
  }
  expect(log).toHaveBeenCalledTimes(errors.length)
  const logged = log.mock.calls.map(([what]) => String(what)).join('\n')
  for (const secretOf of [hush, encodeURIComponent(hush), token, 'cookie']) expect(logged).not.toContain(secretOf)
  expect(logged).toMatch(/inner[\s\S]*\[token\]/)
  log.mockRestore()
})
