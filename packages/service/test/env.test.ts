import { hubOptionsFromEnv, optionsFromEnv, runService } from '@holdfast/service'
import { exportSPKI, generateKeyPair } from 'jose'
import { expect, test } from 'vitest'
import { serviceOf } from './service.ts'
import { hmacSecret, sign, statusOf } from './tokens.ts'

test('needs a secret, or the word that none is wanted', () => {
  expect(() => optionsFromEnv({})).toThrow(/HOLDFAST_TOKEN/)
  expect(() => optionsFromEnv({ HOLDFAST_TOKEN: '', HOLDFAST_AUTH: 'yes' })).toThrow(/HOLDFAST_TOKEN/)
  expect(optionsFromEnv({ HOLDFAST_AUTH: 'none' }).auth).toBe('none')
  expect(optionsFromEnv({ HOLDFAST_TOKEN: 'a-secret-long-enough', HOLDFAST_AUTH: 'none' }).auth).not.toBe('none')
})

test('reads lists', () => {
  const env = {
    HOLDFAST_TOKEN: 'a-secret-long-enough',
    HOLDFAST_PUBLIC_TOPICS: ' news, prices/* ,',
    HOLDFAST_CORS_ORIGINS: '',
  }
  expect(optionsFromEnv(env)).toMatchObject({ publicTopics: ['news', 'prices/*'], cors: [] })
})

test('takes JSON Web Tokens by a secret', async () => {
  const env = { HOLDFAST_JWT_SECRET: hmacSecret, HOLDFAST_JWT_ALGORITHMS: 'HS256, HS512', HOLDFAST_AUTH: 'none' }
  const { fetch } = serviceOf(optionsFromEnv({ ...env, HOLDFAST_JWT_AUDIENCE: 'events', HOLDFAST_JWT_ISSUER: '' }))
  expect(await statusOf(fetch, await sign({ aud: 'events' }))).toBe(200)
  expect(await statusOf(fetch, await sign({ aud: 'others' }))).toBe(401)
  expect((await fetch('/events?topic=a')).status).toBe(401)
})

test('takes JSON Web Tokens by a public key, its lines as \\n', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const pem = (await exportSPKI(publicKey)).replaceAll('\n', '\\n')
  const { fetch } = serviceOf(optionsFromEnv({ HOLDFAST_JWT_PUBLIC_KEY: pem, HOLDFAST_JWT_ALGORITHMS: 'ES256' }))
  expect(await statusOf(fetch, await sign({}, { alg: 'ES256', key: privateKey }))).toBe(200)
})

test.each([
  { HOLDFAST_TOKEN: 'a-secret-long-enough', HOLDFAST_JWT_SECRET: hmacSecret },
  { HOLDFAST_JWT_SECRET: hmacSecret },
  { HOLDFAST_JWT_SECRET: hmacSecret, HOLDFAST_JWT_ALGORITHMS: 'none' },
  { HOLDFAST_JWT_SECRET: hmacSecret, HOLDFAST_JWT_ALGORITHMS: 'ES256' },
  { HOLDFAST_JWT_SECRET: hmacSecret, HOLDFAST_JWT_JWKS_URL: 'https://keys.example', HOLDFAST_JWT_ALGORITHMS: 'HS256' },
  { HOLDFAST_JWT_ALGORITHMS: 'HS256', HOLDFAST_AUTH: 'none' },
  { HOLDFAST_JWT_ISSUER: 'https://a' },
])('does not start with half of what it needs, or with twice as much: %o', (env) => {
  expect(() => optionsFromEnv(env)).toThrow(TypeError)
})

test('reads limits, and takes none that is misspelt', () => {
  const env = {
    HOLDFAST_TOKEN: 'a-secret-long-enough',
    HOLDFAST_MAX_BODY_BYTES: '1000',
    HOLDFAST_STREAMS_PER_IDENTITY: ' 4 ',
  }
  expect(optionsFromEnv(env).limits).toEqual({ bodyBytes: 1000, streamsPerIdentity: 4 })
  expect(optionsFromEnv({ HOLDFAST_TOKEN: 'a-secret-long-enough' }).limits).toEqual({
    bodyBytes: undefined,
    streamsPerIdentity: undefined,
  })
  for (const value of ['0', '-1', '1e3', '1.5', 'many', '1MB']) {
    expect(() => optionsFromEnv({ ...env, HOLDFAST_MAX_BODY_BYTES: value })).toThrow(/HOLDFAST_MAX_BODY_BYTES/)
    expect(() => hubOptionsFromEnv({ HOLDFAST_MAX_SUBSCRIBERS: value })).toThrow(/HOLDFAST_MAX_SUBSCRIBERS/)
  }
  expect(hubOptionsFromEnv({ HOLDFAST_MAX_SUBSCRIBERS: '10000' })).toEqual({ maxSubscribers: 10_000 })
  expect(hubOptionsFromEnv({})).toEqual({ maxSubscribers: undefined })
})

test.each(['-1', '65536', '1e3', 'http'])('does not listen on the port %j', async (port) => {
  const env = { HOLDFAST_AUTH: 'none', PORT: port }
  const refuse = () => Promise.reject(new Error('It was asked to begin'))
  await expect(runService(refuse, { env, once: () => {}, exit: () => {} }, refuse)).rejects.toThrow(/PORT/)
})
