import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwt, type JwtOptions } from '@holdfast/service'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose'
import { expect, onTestFinished, test, vi } from 'vitest'
import { problemOf, serviceOf } from './service.ts'
import { bearer, hmacSecret, jwtService, sign, statusOf } from './tokens.ts'

const ec = await generateKeyPair('ES256', { extractable: true })
const rsa = await generateKeyPair('RS256', { extractable: true })
const ed = await generateKeyPair('EdDSA', { extractable: true })
const spki = await exportSPKI(ec.publicKey)

test.each([
  ['HS512', { secret: hmacSecret }, undefined],
  ['ES256', { publicKey: spki }, ec.privateKey],
  ['RS256', { publicKey: await exportSPKI(rsa.publicKey) }, rsa.privateKey],
  ['PS384', { publicKey: await exportJWK(rsa.publicKey) }, rsa.privateKey],
  ['EdDSA', { publicKey: await exportJWK(ed.publicKey) }, ed.privateKey],
] as const)('verifies %s', async (alg, key, privateKey) => {
  const { fetch } = jwtService({ ...key, algorithms: [alg] })
  // A key of WebCrypto is for one algorithm: of RSA it must be imported again.
  const signing = alg === 'PS384' ? await pssKey() : privateKey
  expect(await statusOf(fetch, await sign({}, { alg, ...(signing && { key: signing }) }))).toBe(200)
})

async function pssKey(): Promise<CryptoKey> {
  const jwk = { ...(await exportJWK(rsa.privateKey)), alg: 'PS384' }
  return crypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, false, ['sign'])
}

test('finds the key of a set by its name, and knows no other', async () => {
  const keys = [
    { ...(await exportJWK(ec.publicKey)), kid: 'one' },
    { ...(await exportJWK(rsa.publicKey)), kid: 'two' },
  ]
  const { fetch } = jwtService({ jwks: { keys }, algorithms: ['ES256', 'RS256'] })
  expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey, kid: 'one' }))).toBe(200)
  expect(await statusOf(fetch, await sign({}, { alg: 'RS256', key: rsa.privateKey, kid: 'two' }))).toBe(200)
  expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey, kid: 'two' }))).toBe(401)
  expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey, kid: '../../etc/passwd' }))).toBe(401)
})

test('fetches a set once, and answers 503 while it cannot', async () => {
  const body = JSON.stringify({ keys: [{ ...(await exportJWK(ec.publicKey)), kid: 'one' }] })
  let asked = 0
  let up = false
  const server = createServer((_, res) => (asked++, res.writeHead(up ? 200 : 500).end(up ? body : 'down')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const onError = vi.fn()
  const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  const { fetch } = serviceOf({ auth: jwt({ jwks, algorithms: ['ES256'] }), onError })
  const token = await sign({}, { alg: 'ES256', key: ec.privateKey, kid: 'one' })

  const away = await fetch('/events?topic=news', bearer(token))
  expect(away.headers.get('retry-after')).toMatch(/^\d+$/)
  const problem = await problemOf(away)
  expect(problem).toMatchObject({ status: 503, code: 'auth-unavailable' })
  expect(JSON.stringify(problem)).not.toContain('127.0.0.1')
  expect(onError).toHaveBeenCalledOnce()

  up = true
  asked = 0
  for (let round = 0; round < 3; round++) expect(await statusOf(fetch, token)).toBe(200)
  // Names that are made up don't make it fetch each time.
  for (const kid of ['x', 'y', 'z'])
    expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey, kid }))).toBe(401)
  expect(asked).toBe(1)
})

const impossible: Record<string, JwtOptions> = {
  'no algorithm': { secret: hmacSecret, algorithms: [] },
  'no signature': { secret: hmacSecret, algorithms: ['none' as 'HS256'] },
  'a public key as a secret': { secret: spki, algorithms: ['ES256'] },
  'a secret for signatures': { publicKey: spki, algorithms: ['HS256'] },
  'both kinds at once': { jwks: { keys: [] }, algorithms: ['ES256', 'HS256'] },
  'a short secret': { secret: 'x'.repeat(47), algorithms: ['HS256', 'HS384'] },
  'a symmetric JWK as a public key': { publicKey: { kty: 'oct', k: 'AAAA' }, algorithms: ['ES256'] },
  'a private JWK': { publicKey: await exportJWK(ec.privateKey), algorithms: ['ES256'] },
  'a private key in PEM': { publicKey: await exportPKCS8(ec.privateKey), algorithms: ['ES256'] },
  'keys by plain HTTP': { jwks: 'http://keys.example/jwks', algorithms: ['ES256'] },
  'two keys': { secret: hmacSecret, publicKey: spki, algorithms: ['HS256'] } as unknown as JwtOptions,
  'no key': { algorithms: ['HS256'] } as unknown as JwtOptions,
}
test.each(Object.entries(impossible))('refuses %s when it is set up', (_, options) => {
  expect(() => jwt(options)).toThrow(TypeError)
})

test('a secret that is a public key in PEM is refused, the classic confusion', () => {
  expect(() => jwt({ secret: spki, algorithms: ['HS256'] })).toThrow(/PEM/)
})

test('reports a public key that does not fit its algorithms, whatever the token', async () => {
  const onError = vi.fn()
  const { fetch } = serviceOf({ auth: jwt({ publicKey: spki, algorithms: ['ES256', 'RS256'] }), onError })
  expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: ec.privateKey }))).toBe(500)
  expect(onError).toHaveBeenCalledOnce()
})
