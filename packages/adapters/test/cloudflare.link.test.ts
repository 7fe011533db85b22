import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Link } from '../src/cloudflare/link.ts'
import { HubObjects } from '../src/cloudflare/namespace.ts'
import { helloHeader } from '../src/cloudflare/protocol.ts'

class FakeSocket extends EventTarget {
  open = false
  /** What sending throws. */
  broken: Error | undefined

  accept(): void {
    this.open = true
  }

  send(): void {
    if (this.broken) throw this.broken
  }

  close(): void {
    this.open = false
  }

  /** The runtime tells of a loss: by an error, by a close, or by both. */
  tell(...types: ('error' | 'close')[]): void {
    this.open = false
    for (const type of types) this.dispatchEvent(new Event(type))
  }
}

/** An object that answers when it is told to. */
class FakeObject {
  readonly sockets: FakeSocket[] = []
  readonly #waiting: (() => void)[] = []

  readonly objects = new HubObjects({ getByName: () => ({ fetch: () => this.#fetch() }) })

  async answer(): Promise<void> {
    for (const resolve of this.#waiting.splice(0)) resolve()
    await vi.advanceTimersByTimeAsync(0)
  }

  get open(): number {
    return this.sockets.filter(({ open }) => open).length
  }

  async #fetch(): Promise<unknown> {
    const webSocket = new FakeSocket()
    this.sockets.push(webSocket)
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return { webSocket, headers: new Headers({ [helloHeader]: '{"head":{"epoch":1,"offset":0}}' }) }
  }
}

describe('a link', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  async function opened(): Promise<{ object: FakeObject; link: Link; back: () => void }> {
    const object = new FakeObject()
    const back = vi.fn()
    const link = new Link(object.objects, { topic: 't' }, { kind: 'stream' }, { onMessage: () => {}, onBack: back })
    const opening = link.open()
    await object.answer()
    await opening
    return { object, link, back }
  }

  it('that is told twice of one loss comes back once', async () => {
    const { object, link, back } = await opened()
    object.sockets[0]!.tell('error')
    await vi.advanceTimersByTimeAsync(1_000)
    // It is on its way back when it hears the rest.
    object.sockets[0]!.tell('close')
    await object.answer()
    await vi.advanceTimersByTimeAsync(20_000)
    await object.answer()
    expect([object.sockets.length, object.open]).toEqual([2, 1])
    expect(back).toHaveBeenCalledOnce()
    link.close()
    expect([object.open, vi.getTimerCount()]).toEqual([0, 0])
  })

  it('that cannot say its sign of life comes back once, whenever it hears of the loss', async () => {
    const { object, back } = await opened()
    object.sockets[0]!.broken = new Error('lost')
    await vi.advanceTimersByTimeAsync(26_000)
    object.sockets[0]!.tell('error', 'close')
    await object.answer()
    await vi.advanceTimersByTimeAsync(20_000)
    await object.answer()
    expect([object.sockets.length, object.open]).toEqual([2, 1])
    expect(back).toHaveBeenCalledOnce()
  })

  it('that is closed while it is on its way leaves nothing behind', async () => {
    const { object, link, back } = await opened()
    object.sockets[0]!.tell('close')
    await vi.advanceTimersByTimeAsync(1_000)
    link.close()
    await object.answer()
    expect([object.sockets.length, object.open, vi.getTimerCount()]).toEqual([2, 0, 0])
    expect(back).not.toHaveBeenCalled()
  })
})
