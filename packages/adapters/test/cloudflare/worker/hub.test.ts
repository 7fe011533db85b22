import { describe, expect, it, vi } from 'vitest'
import { durableObjectHub } from '../../../src/cloudflare/worker/hub.ts'
import { FakeObject } from './fake-object.ts'

describe('a hub over objects', () => {
  it.each(['\nidentity:ann', 'quick'])(
    'closes a stream that is disconnected while it is being opened, through %j',
    async (name) => {
      const objects = new Map([
        ['\nidentity:ann', new FakeObject()],
        ['quick', new FakeObject()],
        ['slow', new FakeObject()],
      ])
      const [identity, quick, slow] = [...objects.values()] as [FakeObject, FakeObject, FakeObject]
      const hub = durableObjectHub({ getByName: (each) => objects.get(each) })
      const responding = hub.respond(new Request('http://localhost/'), { topics: ['quick', 'slow'], identity: 'ann' })
      await vi.waitUntil(() => {
        identity.answer()
        quick.answer()
        return quick.open === 1 && slow.sockets.length === 1
      })
      objects.get(name)?.sockets[0]?.say('{"disconnect":true}')
      slow.answer()
      const response = await responding
      await expect(response.text()).rejects.toThrow('disconnected')
      expect([identity.open, quick.open, slow.open]).toEqual([0, 0, 0])
    },
  )

  it.each(['hibernating', 'direct'] as const)('answers HEAD without asking an object, when it is %s', async (mode) => {
    const hub = durableObjectHub(
      { getByName: () => expect.fail('It asked an object') },
      { mode, stream: { headers: { 'x-tag': 'ours' } } },
    )
    const request = new Request('http://localhost/', { method: 'HEAD' })
    const { status, headers, body } = await hub.respond(request, { topics: ['t'], identity: 'ann' })
    expect([status, headers.get('content-type'), headers.get('x-tag'), body]).toEqual([
      200,
      'text/event-stream',
      'ours',
      null,
    ])
    await expect(hub.respond(request, { topics: [''] })).rejects.toMatchObject({ code: 'invalid-topic' })
  })
})
