import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ObjectSocket } from '../../../src/cloudflare/worker/object-socket.ts'
import { HubObjects } from '../../../src/cloudflare/worker/namespace.ts'
import { FakeObject } from './fake-object.ts'

describe('a socket to an object', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  async function opened(): Promise<{ object: FakeObject; socket: ObjectSocket; back: () => void }> {
    const object = new FakeObject()
    const back = vi.fn()
    const socket = new ObjectSocket(
      new HubObjects({ getByName: () => object }),
      { topic: 't' },
      { kind: 'stream' },
      { onMessage: () => {}, onBack: back },
    )
    const opening = socket.open()
    object.answer()
    await vi.advanceTimersByTimeAsync(0)
    await opening
    return { object, socket, back }
  }

  /** Answer the way back, and a second one if there is any. */
  async function expectOneWayBack(object: FakeObject, back: () => void): Promise<void> {
    object.answer()
    await vi.advanceTimersByTimeAsync(20_000)
    object.answer()
    await vi.advanceTimersByTimeAsync(0)
    expect([object.sockets.length, object.open]).toEqual([2, 1])
    expect(back).toHaveBeenCalledOnce()
  }

  it('that is told twice of one loss comes back once', async () => {
    const { object, socket, back } = await opened()
    object.sockets[0]!.tell('error')
    await vi.advanceTimersByTimeAsync(1_000)
    // It is on its way back when it hears the rest.
    object.sockets[0]!.tell('close')
    await expectOneWayBack(object, back)
    socket.close()
    expect([object.open, vi.getTimerCount()]).toEqual([0, 0])
  })

  it('that cannot say its sign of life comes back once, whenever it hears of the loss', async () => {
    const { object, back } = await opened()
    object.sockets[0]!.broken = new Error('lost')
    await vi.advanceTimersByTimeAsync(26_000)
    object.sockets[0]!.tell('error', 'close')
    await expectOneWayBack(object, back)
  })

  it('that is closed while it is on its way leaves nothing behind', async () => {
    const { object, socket, back } = await opened()
    object.sockets[0]!.tell('close')
    await vi.advanceTimersByTimeAsync(1_000)
    socket.close()
    object.answer()
    await vi.advanceTimersByTimeAsync(0)
    expect([object.sockets.length, object.open, vi.getTimerCount()]).toEqual([2, 0, 0])
    expect(back).not.toHaveBeenCalled()
  })
})
