import { createHub } from '@holdfast/core/hub'
import type { Auth } from '@holdfast/service'
import { expect, test, vi } from 'vitest'
import { authorized, problemOf, serviceOf } from './service.ts'

/** Every token is its bearer's name. */
const byName: Auth = {
  authenticate: (token) =>
    Promise.resolve(token ? { identity: token, publish: () => true, subscribe: () => true } : undefined),
}
const understanding = 'text/event-stream;holdfast=1'
const as = (name: string, headers: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${name}`, ...headers },
})

test('limits the streams of an identity, whatever their topics', async () => {
  const { hub, fetch } = serviceOf({ auth: byName, limits: { streamsPerIdentity: 2 } })
  const first = await fetch('/events?topic=a', as('ann'))
  await fetch('/events?topic=b', as('ann'))
  const refused = await fetch('/events?topic=c', as('ann', { accept: understanding }))
  expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'too-many-streams' })
  const seconds = Number(refused.headers.get('retry-after'))
  expect(seconds).toBeGreaterThanOrEqual(5)
  expect(seconds).toBeLessThanOrEqual(15)
  expect((await fetch('/events?topic=c', as('bob'))).status).toBe(200)

  await first.body?.cancel()
  await vi.waitFor(() => expect(hub.stats().subscribers).toBe(2))
  expect((await fetch('/events?topic=c', as('ann', { accept: understanding }))).status).toBe(200)
})

test('tells native EventSource, which would give up at a 429, when to come back', async () => {
  const { hub, fetch } = serviceOf({ auth: byName, limits: { streamsPerIdentity: 1 } })
  await fetch('/events?topic=a', as('ann'))
  const response = await fetch('/events?topic=a', as('ann', { accept: 'text/event-stream' }))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
  const [, retry] = /^retry: ?(\d+)\n\n$/.exec(await response.text()) ?? []
  expect(Number(retry)).toBeGreaterThanOrEqual(5_000)
  expect(Number(retry)).toBeLessThanOrEqual(15_000)
  expect(hub.stats().subscribers).toBe(1)
})

test('limits the streams of an address', async () => {
  const address = ({ req }: { req: { header(name: string): string | undefined } }) => req.header('x-client')
  const { fetch } = serviceOf({ address, limits: { streamsPerAddress: 1 } })
  const from = (client?: string) => ({
    headers: { ...authorized, accept: understanding, ...(client && { 'x-client': client }) },
  })
  expect((await fetch('/events?topic=a', from('10.0.0.1'))).status).toBe(200)
  expect((await fetch('/events?topic=a', from('10.0.0.1'))).status).toBe(429)
  expect((await fetch('/events?topic=a', from('10.0.0.2'))).status).toBe(200)
  // An address that is not known is nobody's.
  expect((await fetch('/events?topic=a', from())).status).toBe(200)
  expect((await fetch('/events?topic=a', from())).status).toBe(200)
})

test('does not count what is no stream: HEAD, a refusal, the end of a topic, an error', async () => {
  const hub = createHub({ maxSubscribers: 1 })
  const { fetch } = serviceOf({ hub, auth: byName, limits: { streamsPerIdentity: 1 } })
  const statusOf = async (path: string, accept = understanding, method = 'GET') =>
    (await fetch(path, { ...as('ann', { accept }), method })).status
  await hub.publish('over', { data: 1 })
  await hub.end('over')
  const whole = await (await fetch('/events?topic=over&lastEventId=earliest', as('ann'))).text()
  const id = whole.match(/(?<=^id: ?)\S+/gm)?.at(-1)
  const full = await fetch('/events?topic=a', as('bob'))
  for (let round = 0; round < 3; round++) {
    expect(await statusOf('/events?topic=a', understanding, 'HEAD')).not.toBe(429)
    expect(await statusOf('/events?topic=a')).toBe(503)
    expect(await statusOf('/events?topic=a', 'text/event-stream')).toBe(200)
  }
  await full.body?.cancel()
  await vi.waitFor(() => expect(hub.stats().subscribers).toBe(0))
  expect(await statusOf(`/events?topic=over&lastEventId=${id}`)).toBe(204)
  vi.spyOn(hub, 'respond').mockRejectedValueOnce(new Error('x'))
  const failing = serviceOf({ hub, auth: byName, limits: { streamsPerIdentity: 1 }, onError: () => {} })
  expect((await failing.fetch('/events?topic=a', as('ann'))).status).toBe(500)
  expect(await statusOf('/events?topic=a')).toBe(200)
  await hub.close()
})

test('a limit by address needs to know it', () => {
  expect(() => serviceOf({ limits: { streamsPerAddress: 1 } })).toThrow(/address/)
})

test('says why the hub turned a client away', async () => {
  const hub = createHub({ maxSubscribers: 1 })
  const { fetch } = serviceOf({ hub })
  const init = { headers: { ...authorized, accept: understanding } }
  await fetch('/events?topic=a', init)
  const full = await fetch('/events?topic=a', init)
  expect(full.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await problemOf(full)).toMatchObject({ status: 503, code: 'hub-full' })
  await hub.close()
  expect(await problemOf(await fetch('/events?topic=a', init))).toMatchObject({ status: 503, code: 'draining' })
})
