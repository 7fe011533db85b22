import { createHub } from '@holdfast/core/hub'
import { expect, test, vi } from 'vitest'
import { authorized, problemOf, readUntil, serviceOf } from './service.ts'

const id = 'c1~0000000a-1-1'
const text = { 'content-type': 'text/plain' }
const beat = (body = id, headers: Record<string, string> = text): RequestInit => ({ method: 'POST', headers, body })

/** The name that a stream of this service is told. */
async function connectionOf(response: Response): Promise<string> {
  const [, name = ''] = /conn=(\S+)/.exec(await readUntil(response.clone(), /conn=\S+/)) ?? []
  return decodeURIComponent(name)
}

test('keeps a stream alive by its name alone', async () => {
  const { fetch } = serviceOf()
  const stream = await fetch('/events?topic=a&ack=1', { headers: authorized })
  const response = await fetch(`/ack?conn=${await connectionOf(stream)}`, beat())
  expect(response.status).toBe(204)
  expect(await response.text()).toBe('')
  await stream.body?.cancel()
})

test('lets the stream of a client that stops be closed', async () => {
  const hub = createHub({ acknowledge: { timeout: 60 } })
  const { fetch } = serviceOf({ hub })
  const stream = await fetch('/events?topic=a&ack=1', { headers: authorized })
  const reader = stream.body!.getReader()
  const [, name] = /conn=(\S+)/.exec(new TextDecoder().decode((await reader.read()).value)) ?? []
  expect((await fetch(`/ack?conn=${name}`, beat())).status).toBe(204)
  await vi.waitFor(() => expect(hub.stats().closes.unacknowledged).toBe(1), 3000)
  expect((await fetch(`/ack?conn=${name}`, beat())).status).toBe(404)
  await hub.close()
})

test('does not know other names, and passes on none that could mean more than one hub', async () => {
  const { hub, fetch } = serviceOf()
  const acknowledge = vi.spyOn(hub, 'acknowledge')
  const stream = await fetch('/events?topic=a&ack=1', { headers: authorized })
  const [hubId] = (await connectionOf(stream)).split('.')
  const uuid = crypto.randomUUID()
  const refused = async (query: string) => {
    const response = await fetch(`/ack${query}`, beat())
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'unknown-connection' })
  }
  for (const query of ['', '?conn=', '?conn=x', '?conn=*.x', `?conn=*.${uuid}`, `?conn=${uuid}`]) await refused(query)
  for (const query of ['?conn=a.b.c', '?conn=a%0A.b', '?conn=a%00.b', `?conn=${'a'.repeat(65)}.b`]) await refused(query)
  expect(acknowledge).not.toHaveBeenCalled()
  await refused(`?conn=${hubId}.${uuid}`)
  expect(acknowledge).toHaveBeenCalledOnce()
  await stream.body?.cancel()
})

test('takes text that is no longer than an id can be', async () => {
  const { hub, fetch } = serviceOf({ limits: { bodyTimeout: 30 } })
  const acknowledge = vi.spyOn(hub, 'acknowledge').mockResolvedValue(true)
  const at = '/ack?conn=a.b'
  const codeOf = async (init: RequestInit) => (await problemOf(await fetch(at, init))).code
  expect(await codeOf(beat('x'.repeat(8193)))).toBe('body-too-large')
  expect(await codeOf(beat('{}', { 'content-type': 'application/json' }))).toBe('unsupported-media-type')
  expect(await codeOf({ ...beat(), body: new Uint8Array([0xff]) })).toBe('invalid-body')
  expect(await codeOf({ ...beat(), body: new ReadableStream(), duplex: 'half' } as RequestInit)).toBe('body-timeout')
  expect(acknowledge).not.toHaveBeenCalled()
  expect((await fetch(at, beat('x\r\ndata: y\0', { 'content-type': 'text/plain;charset=UTF-8' }))).status).toBe(204)
  expect(acknowledge).toHaveBeenCalledWith('a.b', 'x\r\ndata: y\0')
})

test('is for POST, and for pages of the origins that CORS names', async () => {
  const origin = 'https://app.example'
  const { fetch } = serviceOf({ cors: [origin] })
  expect((await fetch('/ack?conn=a.b')).headers.get('allow')).toBe('POST, OPTIONS')
  const stream = await fetch('/events?topic=a&ack=1', { headers: authorized })
  const done = await fetch(`/ack?conn=${await connectionOf(stream)}`, beat(id, { ...text, origin }))
  const unknown = await fetch('/ack?conn=a', beat(id, { ...text, origin }))
  expect([done.status, unknown.status]).toEqual([204, 404])
  for (const { headers } of [done, unknown]) {
    expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect(headers.get('vary')).toBe('Origin')
  }
  await stream.body?.cancel()
})
