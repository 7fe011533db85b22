import { describe, expect, test } from 'vitest'
import { listenAnywhere } from '../src/listen.ts'
import { badRequest, isHost, withUrl } from '../src/request-url.ts'
import { resolveTimeouts } from '../src/timeouts.ts'

describe('where to listen', () => {
  const failing = (code: string) => (address: string) => {
    if (address === '::') throw Object.assign(new Error(code), { code })
    return address
  }

  test('is every address of both families', async () => {
    expect(await listenAnywhere(undefined, (address) => address)).toBe('::')
  })

  test('is what was asked for, and nothing else', async () => {
    expect(await listenAnywhere('127.0.0.1', (address) => address)).toBe('127.0.0.1')
    await expect(listenAnywhere('::', failing('EAFNOSUPPORT'))).rejects.toThrow('EAFNOSUPPORT')
  })

  test.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL'])('is every IPv4 address after %s', async (code) => {
    expect(await listenAnywhere(undefined, failing(code))).toBe('0.0.0.0')
  })

  test.each(['EADDRINUSE', 'EACCES'])('is nowhere after %s, which another address does not mend', async (code) => {
    await expect(listenAnywhere(undefined, failing(code))).rejects.toThrow(code)
  })
})

describe('a host', () => {
  test.each(['a', 'a.example:81', '[::1]:80', '127.0.0.1', 'xn--mller-kva.example', 'A_b', 'müller.example'])(
    'may be %s',
    (host) => expect(isHost(host)).toBe(true),
  )

  test.each(['a b', 'a:99999999', '[::1', 'a%00b', 'a/b', 'u:p@a', 'a?b', 'a#b', 'a\\b', '1.2.3.999', ':80'])(
    'may not be %s',
    (host) => expect(isHost(host)).toBe(false),
  )
})

describe('a request', () => {
  // As Bun makes them, whose own class does not check.
  const fake = (url: string, host?: string): Request =>
    ({ url, headers: new Headers(host === undefined ? {} : { host }), method: 'GET' }) as Request

  test('with a URL is itself', () => {
    for (const host of [undefined, 'a']) {
      const request = fake('http://a/b?c', host)
      expect(withUrl(request)).toBe(request)
    }
  })

  test('without a host has one', () => {
    for (const host of [undefined, '']) expect(withUrl(fake('/b?c=//d', host))?.url).toBe('http://localhost/b?c=//d')
    expect(withUrl(fake('//evil.example/b'))?.url).toBe('http://localhost//evil.example/b')
  })

  test.each([
    ['/b', 'u:p@a'],
    ['http://a b/c', 'a b'],
    ['http://a/c', 'a, b'],
    ['a:80', 'a:80'],
    ['ftp://a/b', 'a'],
    ['*', undefined],
  ])('for %s with the host %s has none', (url, host) => {
    expect(withUrl(fake(url, host))).toBeUndefined()
  })

  test('is told so, and nothing of it is repeated', async () => {
    const response = badRequest()
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('cannot be parsed')])
  })
})

describe('timeouts', () => {
  test('have defaults, each of its own', () => {
    expect(resolveTimeouts()).toEqual({ head: 15_000, body: 120_000, idle: 75_000 })
    expect(resolveTimeouts({ head: 0, idle: 5 })).toEqual({ head: 0, body: 120_000, idle: 5 })
  })

  test.each([-1, NaN, Infinity, 2 ** 31])('are not %s', (idle) => {
    expect(() => resolveTimeouts({ idle })).toThrow(RangeError)
  })

  test('are not texts, and have no other names', () => {
    expect(() => resolveTimeouts({ idle: '5 s' as unknown as number })).toThrow('give a number of milliseconds')
    expect(() => resolveTimeouts({ idel: 5 } as object)).toThrow('there is no options.timeouts.idel, but idle')
  })
})
