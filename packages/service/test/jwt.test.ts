import { afterEach, expect, test, vi } from 'vitest'
import { post, problemOf } from './service.ts'
import { bearer, hmacSecret, jwtService, now, sign, statusOf } from './tokens.ts'

// Turns stay real: keys are imported and signatures checked on other threads.
const fakeClock = { toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] } satisfies Parameters<
  typeof vi.useFakeTimers
>[0]
afterEach(() => void vi.useRealTimers())

test('grants the topics of the claim and nothing else', async () => {
  const { fetch } = jwtService()
  const token = await sign()
  expect(await statusOf(fetch, token, 'news')).toBe(200)
  expect(await statusOf(fetch, token, 'chat/9')).toBe(200)
  expect(await statusOf(fetch, token, 'newspaper')).toBe(403)
  expect(await statusOf(fetch, token, 'news&topic=other')).toBe(403)
  const publish = async (topic: string) =>
    (await fetch(`/topics/${topic}`, post({ data: 1 }, { authorization: `Bearer ${token}` }))).status
  expect(await publish('chat%2F7')).toBe(201)
  expect(await publish('chat%2F70')).toBe(403)
  expect(await publish('news')).toBe(403)
  expect((await fetch('/stats', bearer(token))).status).toBe(403)
})

test('grants nothing without the claim, but knows whose token it is', async () => {
  const { hub, fetch } = jwtService()
  const token = await sign({ holdfast: undefined, sub: 'ann' })
  expect(await statusOf(fetch, token)).toBe(403)
  const all = await sign({ holdfast: { subscribe: ['*'] }, sub: 'ann' })
  await fetch('/events?topic=a', bearer(all))
  expect(await hub.disconnect({ identity: 'bob' })).toBe(0)
  expect(await hub.disconnect({ identity: 'ann' })).toBe(1)
})

test('reads the claim that is named', async () => {
  const { fetch } = jwtService({ secret: hmacSecret, claim: 'https://example.com/rights' })
  expect(await statusOf(fetch, await sign({ 'https://example.com/rights': { subscribe: ['a'] } }), 'a')).toBe(200)
  expect(await statusOf(fetch, await sign(), 'news')).toBe(403)
})

test('closes a stream as unauthorized when its token expires', async () => {
  vi.useFakeTimers(fakeClock)
  const { hub, fetch } = jwtService()
  const response = await fetch('/events?topic=news', bearer(await sign({ exp: now() + 2 })))
  expect(response.status).toBe(200)
  await vi.advanceTimersByTimeAsync(900)
  expect(hub.stats().subscribers).toBe(1)
  await vi.advanceTimersByTimeAsync(1_200)
  expect(hub.stats().closes.unauthorized).toBe(1)
})

test('allows for a clock that differs, when a token begins and when it ends', async () => {
  const strict = jwtService()
  const tolerant = jwtService({ secret: hmacSecret, clockTolerance: 10_000 })
  for (const claims of [{ exp: now() - 3 }, { nbf: now() + 5 }]) {
    const token = await sign(claims)
    expect(await statusOf(strict.fetch, token)).toBe(401)
    expect(await statusOf(tolerant.fetch, token)).toBe(200)
  }
  expect(await statusOf(tolerant.fetch, await sign({ exp: now() - 20 }))).toBe(401)
})

test('keeps a stream open for the tolerance, rather than close at once what it has just opened', async () => {
  vi.useFakeTimers(fakeClock)
  const { hub, fetch } = jwtService({ secret: hmacSecret, clockTolerance: 10_000 })
  await fetch('/events?topic=news', bearer(await sign({ exp: now() - 3 })))
  await vi.advanceTimersByTimeAsync(5_900)
  expect(hub.stats().subscribers).toBe(1)
  await vi.advanceTimersByTimeAsync(1_200)
  expect(hub.stats().closes.unauthorized).toBe(1)
})

test('takes tokens of the issuers and for the audiences that are named', async () => {
  const { fetch } = jwtService({ secret: hmacSecret, issuer: ['https://a', 'https://b'], audience: 'events' })
  const status = async (claims: object) => statusOf(fetch, await sign({ ...claims }))
  expect(await status({ iss: 'https://b', aud: ['other', 'events'] })).toBe(200)
  expect(await status({ iss: 'https://c', aud: 'events' })).toBe(401)
  expect(await status({ iss: 'https://a', aud: 'other' })).toBe(401)
  expect(await status({ iss: 'https://a' })).toBe(401)
  expect(await status({ aud: 'events' })).toBe(401)
})

const malformed = {
  'a claim that is no object': { holdfast: 'news' },
  'a claim that is a list': { holdfast: ['news'] },
  'patterns that are no list': { holdfast: { subscribe: 'news' } },
  'a pattern that is no string': { holdfast: { subscribe: ['news', 7] } },
  'patterns that are null': { holdfast: { publish: null } },
  'observe that is no boolean': { holdfast: { observe: 'yes' } },
  'sub that is no string': { sub: 7 as unknown as string },
  'exp that is no number': { exp: '9999999999' as unknown as number },
}
test.each(Object.entries(malformed))('refuses %s, rather than guess', async (_, claims) => {
  const { fetch } = jwtService()
  const response = await fetch('/events?topic=news', bearer(await sign(claims)))
  expect(await problemOf(response)).toMatchObject({ status: 401, code: 'unauthorized' })
})
