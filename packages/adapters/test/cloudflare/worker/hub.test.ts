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
})
