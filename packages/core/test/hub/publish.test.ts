import { describe, expect, it } from 'vitest'
import { InvalidFieldError } from '../../src/wire/errors.ts'
import { follow, openHub } from '../support/hub.ts'

describe('publish', () => {
  it('reaches every subscriber of the topic, and no other', async () => {
    const scene = openHub()
    const [first, second, other] = [await follow(scene, ['a']), await follow(scene, ['a']), await follow(scene, ['b'])]
    await scene.hub.publish('a', { event: 'tick', data: { n: 1 } })
    await scene.environment.settle()
    for (const client of [first, second]) {
      expect(client.parsed.events).toMatchObject([{ event: 'tick', data: '{"n":1}' }])
    }
    expect(other.data).toEqual([])
  })

  it('resolves with where it is, before anybody has it', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a'])
    const first = await scene.hub.publish('a', { data: 1 })
    const second = await scene.hub.publish('a', { data: 2 })
    expect(client.data).toEqual([])
    expect([first.duplicate, second.duplicate]).toEqual([false, false])
    expect(first.position.offset).toBe(1)
    expect(second.position).toEqual({ epoch: first.position.epoch, offset: 2 })
    await scene.environment.settle()
    expect(client.parsed.events.map(({ id }) => id)).toEqual([first.id, second.id])
  })

  it.each([
    ['a string', 'x\r\ny\rz', 'x\ny\nz'],
    ['an empty string', '', ''],
    ['null', null, 'null'],
    ['a number', 0, '0'],
    ['false', false, 'false'],
    ['an object', { a: [1, { b: null }] }, '{"a":[1,{"b":null}]}'],
    ['toJSON', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['what looks like fields', 'id: 1\nevent: x\n\ndata: forged', 'id: 1\nevent: x\n\ndata: forged'],
  ])('writes %s', async (_, data, received) => {
    const scene = openHub()
    const client = await follow(scene, ['a'])
    await scene.hub.publish('a', { data })
    await scene.environment.settle()
    expect(client.parsed.events).toMatchObject([{ event: 'message', data: received }])
  })

  it.each([undefined, () => {}, 1n, Symbol('x'), NaN, new Uint8Array(1), { deep: 1n }])(
    'refuses %s as data',
    async (data) => {
      const { hub } = openHub()
      await expect(hub.publish('a', { data })).rejects.toBeInstanceOf(InvalidFieldError)
      expect(hub.stats().published).toBe(0)
    },
  )

  it.each(['gap', 'a\nb', 'a\rb', '\r\ndata: forged', 'a\n\n'])('refuses the event type %o', async (event) => {
    const { hub } = openHub()
    await expect(hub.publish('a', { event, data: 1 })).rejects.toBeInstanceOf(InvalidFieldError)
  })

  it.each(['a\0b', ' a', 'ünï', 'id', 'Gap', 'error', 'open'])('carries the event type %o', async (event) => {
    const scene = openHub()
    const client = await follow(scene, ['a'])
    await scene.hub.publish('a', { event, data: 1 })
    await scene.environment.settle()
    expect(client.parsed.events).toMatchObject([{ event, data: '1' }])
  })

  it('refuses an aborted signal and an empty list', async () => {
    const { hub } = openHub()
    await expect(hub.publish('a', { data: 1 }, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
    await expect(hub.publish('a', [])).rejects.toBeInstanceOf(InvalidFieldError)
    expect(hub.stats().published).toBe(0)
  })

  it('stores nothing twice under one key', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a', 'b'])
    const first = await scene.hub.publish('a', [{ data: 1 }, { data: 2 }], { key: 'k' })
    expect(await scene.hub.publish('a', { data: 3 }, { key: 'k' })).toEqual({ ...first, duplicate: true })
    expect((await scene.hub.publish('b', { data: 4 }, { key: 'k' })).duplicate).toBe(false)
    expect((await scene.hub.publish('a', { data: 5 }, { key: '' })).duplicate).toBe(false)
    expect((await scene.hub.publish('a', { data: 6 }, { key: '' })).duplicate).toBe(true)
    await scene.environment.settle()
    expect(client.data).toEqual(['1', '2', '4', '5'])
    expect(scene.hub.stats().published).toBe(4)
  })
})

describe('a batch', () => {
  it('is contiguous, however many publish at once', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a'])
    const batches = Array.from({ length: 20 }, (_, batch) =>
      [0, 1, 2, 3, 4].map((part) => ({ data: `${batch}.${part}` })),
    )
    await Promise.all(batches.map((batch) => scene.hub.publish('a', batch)))
    await scene.environment.settle()
    const received = client.data
    expect(received).toHaveLength(100)
    for (let at = 0; at < 100; at += 5) {
      const batch = parseInt(received[at] as string)
      expect(received.slice(at, at + 5)).toEqual([0, 1, 2, 3, 4].map((part) => `${batch}.${part}`))
    }
  })

  it('is stored whole or not at all', async () => {
    const scene = openHub()
    const client = await follow(scene, ['a'])
    for (const bad of [{ event: 'gap', data: 1 }, { data: undefined }, { event: '\n', data: 1 }]) {
      await expect(scene.hub.publish('a', [{ data: 1 }, bad, { data: 2 }])).rejects.toBeInstanceOf(InvalidFieldError)
    }
    await scene.environment.settle()
    expect([client.data, scene.hub.stats().published]).toEqual([[], 0])
  })

  it('resolves with the position of its last event', async () => {
    const { hub } = openHub()
    expect((await hub.publish('a', [{ data: 1 }, { data: 2 }, { data: 3 }])).position.offset).toBe(3)
  })
})
