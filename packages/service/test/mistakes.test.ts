import { createHub, memoryBroker } from '@holdfast/core/hub'
import { createService, jwt, secret } from '@holdfast/service'
import { expect, it } from 'vitest'

type Loose = (...values: unknown[]) => unknown
const make = createService as Loose
const hub = createHub()
const all = { hub, auth: 'none' }
const key = { secret: 'x'.repeat(32), algorithms: ['HS256'] }

it.each<[string, () => unknown, string]>([
  ['without options', () => make(), 'options is "undefined", give an object'],
  ['without a hub', () => make({ auth: 'none' }), 'hub is "undefined", give a hub, such as createHub()'],
  ['with a broker for a hub', () => make({ hub: memoryBroker(), auth: 'none' }), 'give a hub'],
  ['without auth', () => make({ hub }), "give jwt({ … }), secret(token), or the word 'none'"],
  [
    'with a token for auth',
    () => make({ hub, auth: 'my-token' }),
    "give jwt({ … }), secret(token), or the word 'none'",
  ],
  ['with a misspelt option', () => make({ ...all, publicTopic: [] }), 'but publicTopics'],
  ['with one public topic in no list', () => make({ ...all, publicTopics: 'news' }), "give ['news']"],
  ['with one origin in no list', () => make({ ...all, cors: 'https://app.example' }), "give ['https://app.example']"],
  ['with a misspelt limit', () => make({ ...all, limits: { bodyByte: 1 } }), 'but bodyBytes'],
  ['with a limit in a text', () => make({ ...all, limits: { bodyBytes: '1mb' } }), 'bodyBytes is "1mb"'],
  ['with a secret of three letters', () => secret('abc'), 'give 16 or more visible ASCII characters'],
  ['with a secret of fifteen', () => secret('x'.repeat(15)), 'give 16 or more'],
  ['with no secret at all', () => (secret as Loose)(), 'give 16 or more'],
  ['with tokens without algorithms', () => (jwt as Loose)({ secret: key.secret }), 'algorithms is "undefined"'],
  ['with one algorithm in no list', () => (jwt as Loose)({ ...key, algorithms: 'HS256' }), "give ['HS256']"],
  ['with a misspelt option of tokens', () => (jwt as Loose)({ ...key, isuer: 'a' }), 'but issuer'],
  ['with a key for tokens alone', () => (jwt as Loose)(key.secret), 'give an object'],
])('a service %s is refused', (_, call, words) => {
  expect(call).toThrow(TypeError)
  expect(call).toThrow(expect.objectContaining({ code: 'invalid-option', message: expect.stringContaining(words) }))
})

it('what may be a secret is not shown', () => {
  for (const call of [
    () => make({ hub, auth: 'my-token' }),
    () => secret('my-token'),
    () => (jwt as Loose)('my-token'),
  ]) {
    expect(call).not.toThrow(/my-token/)
    expect(call).toThrow()
  }
})
