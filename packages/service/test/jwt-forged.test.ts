import { createHmac } from 'node:crypto'
import { jwt } from '@holdfast/service'
import { exportJWK, exportSPKI, generateKeyPair } from 'jose'
import { expect, test, vi } from 'vitest'
import { problemOf, serviceOf } from './service.ts'
import { forge, hmacSecret, jwtService, now, sign, statusOf } from './tokens.ts'

const claims = { exp: now() + 60, holdfast: { subscribe: ['*'], publish: ['*'], observe: true } }
const ec = await generateKeyPair('ES256', { extractable: true })
const spki = await exportSPKI(ec.publicKey)
const good = await sign()
const [header = '', payload = '', signature = ''] = good.split('.')

const bad: Record<string, string> = {
  expired: await sign({ exp: now() - 1 }),
  'expired long ago': await sign({ exp: -1e300 }),
  'not valid yet': await sign({ nbf: now() + 60 }),
  'signed by another secret': await sign({}, { key: new TextEncoder().encode('x'.repeat(64)) }),
  'signed by an algorithm that is not accepted': await sign({}, { alg: 'HS512' }),
  'signed by a public key': await sign({}, { alg: 'ES256', key: ec.privateKey }),
  'not signed': forge({ alg: 'none' }, claims),
  'not signed, in capitals': forge({ alg: 'NONE' }, claims),
  'without a signature': `${header}.${payload}.`,
  'of two parts': `${header}.${payload}`,
  'of five parts': `${good}.a.b`,
  'with another payload': `${header}.${forge({}, claims).split('.')[1]}.${signature}`,
  'cut short': good.slice(0, -2),
  'without an algorithm': forge({}, claims, signature),
  'with an algorithm that is no string': forge({ alg: ['HS256'] }, claims, signature),
  'with its own key': forge({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, claims, signature),
  'with a header it calls critical': forge({ alg: 'HS256', crit: ['x'], x: 1 }, claims, signature),
  'with a payload that is not encoded': forge({ alg: 'HS256', b64: false, crit: ['b64'] }, claims, signature),
  'with a header that is no object': forge('[]', claims, signature),
  'with a header that is no JSON': forge('{', claims, signature),
  'with a payload that is no object': forge({ alg: 'HS256' }, '"x"', signature),
  'with __proto__': forge('{"alg":"HS256","__proto__":{"alg":"none"}}', claims, signature),
  dots: '...',
  'one dot': '.',
  'a word': 'undefined',
  binary: Buffer.from([0x80, 0xff]).toString('latin1'),
  enormous: `${header}.${'A'.repeat(1_000_000)}.${signature}`,
  deep: forge({ alg: 'HS256' }, '['.repeat(50_000), signature),
}

test('the token that these are made from is good', async () => {
  expect(await statusOf(jwtService().fetch, good)).toBe(200)
})

test.each(Object.entries(bad))('refuses a token that is %s, and repeats and logs nothing of it', async (_, token) => {
  const logs = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
  const { fetch } = jwtService()
  for (const response of [
    await fetch('/events?topic=news', {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream;holdfast=1' },
    }),
    await fetch(`/events?topic=news&access_token=${encodeURIComponent(token)}`),
    await fetch('/stats', { headers: { cookie: `holdfast_token=${token}` } }),
  ]) {
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="holdfast", error="invalid_token"')
    const problem = await problemOf(response)
    expect(problem).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      code: 'unauthorized',
      detail: 'The token is not valid',
    })
  }
  for (const log of logs) expect(log).not.toHaveBeenCalled()
})

test('refuses a token signed with the public key as if it were a secret', async () => {
  for (const key of [
    { publicKey: spki },
    { publicKey: await exportJWK(ec.publicKey) },
    { jwks: { keys: [await exportJWK(ec.publicKey)] } },
  ]) {
    const { fetch } = serviceOf({ auth: jwt({ ...key, algorithms: ['ES256'] }) })
    for (const secret of [spki, spki.trim(), JSON.stringify(await exportJWK(ec.publicKey)), '']) {
      const unsigned = forge({ alg: 'HS256' }, claims).slice(0, -1)
      const mac = createHmac('sha256', secret).update(unsigned).digest('base64url')
      expect(await statusOf(fetch, `${unsigned}.${mac}`)).toBe(401)
    }
    expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey }))).toBe(200)
  }
})

test('flipping any character of a token makes it another one', async () => {
  const { fetch } = serviceOf({ auth: jwt({ secret: hmacSecret, algorithms: ['HS256'] }), onError: () => {} })
  for (let at = 0; at < good.length - 1; at += 3) {
    const flipped = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1)
    expect(await statusOf(fetch, flipped), `at ${at}`).toBe(401)
  }
})
