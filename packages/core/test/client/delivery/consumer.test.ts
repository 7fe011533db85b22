import { describe, expect, it, vi } from 'vitest'
import { Consumer, type ConsumerHost } from '../../../src/client/delivery/consumer.ts'
import { type Entry, Queue } from '../../../src/client/delivery/queue.ts'
import { PositionSaver } from '../../../src/client/delivery/saver.ts'
import type { TopicEvent } from '../../../src/client/types.ts'
import { FakeEnvironment } from '../../support/fake-environment.ts'

const gap = { reason: 'missed', topics: [], from: '', to: 'g' } as const
const done = { value: undefined, done: true }

function entryOf(data: string, event = 'message'): Entry {
  return { id: data, event: { event, data, id: data } as TopicEvent }
}

/** A consumer, and what is around it. */
class Scene {
  readonly queue = new Queue()
  readonly told: string[] = []
  readonly onLeave = vi.fn(() => this.end(true))
  readonly onOver = vi.fn()
  readonly onInvalid = vi.fn(() => this.end(true))
  readonly consumer: Consumer

  constructor(parts: Partial<ConsumerHost> = {}) {
    const { onLeave, onOver, onInvalid } = this
    this.consumer = new Consumer(this.queue, { validator: undefined, onLeave, onOver, onInvalid, ...parts })
  }

  push(...data: string[]): this {
    for (const each of data) this.queue.push(entryOf(each))
    return this
  }

  /** What the connection does at its end. */
  end(discard: boolean): void {
    this.queue.close(discard)
    if (discard) this.consumer.close()
  }

  listen(type = '*'): () => void {
    return this.consumer.on(type, ({ data }) => this.told.push(data))
  }

  /** Let happen what can. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
}

/** A promise of a verdict, for each event that is asked about. */
function judge(): {
  validator: NonNullable<ConsumerHost['validator']>
  verdicts: ((refusal?: { cause: unknown }) => void)[]
} {
  const verdicts: ((refusal?: { cause: unknown }) => void)[] = []
  return { validator: () => new Promise((resolve) => verdicts.push(resolve)), verdicts }
}

describe('a loop', () => {
  it('gets events in their order, though it asks for several at once', async () => {
    const scene = new Scene()
    const loop = scene.consumer.iterate()
    const three = [loop.next(), loop.next(), loop.next()]
    scene.push('1', '2')
    await scene.settle()
    // There is one already, but others wait for it.
    scene.push('3', '4')
    const fourth = loop.next()
    const steps = await Promise.all([...three, fourth])
    expect(steps.map(({ value }) => (value as TopicEvent).data)).toEqual(['1', '2', '3', '4'])
  })

  it('that asks again after it waited is served at once', async () => {
    const scene = new Scene()
    const loop = scene.consumer.iterate()
    const first = loop.next()
    scene.push('1', '2')
    await first
    void loop.next()
    expect(scene.consumer.lastEventId).toBe('2')
  })

  it('leaves the rest in the queue, and knows the id of what it was given last', async () => {
    const scene = new Scene().push('1', '2')
    expect(scene.consumer.lastEventId).toBe('')
    await scene.consumer.iterate().next()
    expect([scene.consumer.lastEventId, scene.queue.take()?.id]).toEqual(['1', '2'])
  })

  it('shares events with a second one', async () => {
    const scene = new Scene().push('1', '2')
    const steps = [await scene.consumer.iterate().next(), await scene.consumer.iterate().next()]
    expect(steps).toMatchObject([{ value: { data: '1' } }, { value: { data: '2' } }])
  })

  it('that is left ends for whoever waits, and for later callers', async () => {
    const scene = new Scene()
    const loop = scene.consumer.iterate()
    const waiting = [loop.next(), loop.next()]
    expect(await loop.return?.()).toEqual(done)
    expect(await Promise.all([...waiting, loop.next()])).toEqual([done, done, done])
    expect([scene.onLeave.mock.calls.length, scene.onOver.mock.calls.length]).toEqual([1, 1])
  })

  it('throws an error once, after the events before it, and the first of two', async () => {
    const scene = new Scene().push('1')
    const loop = scene.consumer.iterate()
    for (const error of ['first', 'second']) scene.consumer.fail(new Error(error))
    scene.end(false)
    expect([scene.consumer.isOver, await loop.next()]).toMatchObject([false, { value: { data: '1' } }])
    await expect(loop.next()).rejects.toThrow('first')
    expect([scene.consumer.isOver, await loop.next()]).toEqual([true, done])
    scene.consumer.close()
    expect(scene.onOver).toHaveBeenCalledOnce()
  })

  it('passes over checkpoints, and gaps that nobody wants to hear of', async () => {
    const scene = new Scene()
    scene.queue.push({ id: 'c' })
    scene.queue.push({ id: 'g', gap })
    scene.push('1')
    expect(await scene.consumer.iterate().next()).toMatchObject({ value: { data: '1' } })
  })
})

describe('listeners', () => {
  it('get events of their own type, or all', async () => {
    const scene = new Scene()
    for (const type of ['a', 'b', '*']) scene.consumer.on(type, ({ data }) => scene.told.push(`${type} ${data}`))
    scene.consumer.on('a', ({ data }) => scene.told.push(`a again ${data}`))
    scene.queue.push(entryOf('1', 'a'))
    scene.queue.push(entryOf('2', 'c'))
    await scene.settle()
    expect(scene.told).toEqual(['a 1', 'a again 1', '* 1', '* 2'])
  })

  it('are not called within `on`', () => {
    const scene = new Scene().push('1')
    scene.listen()
    expect(scene.told).toEqual([])
  })

  it('that were all stopped leave the rest, however often one of them is stopped', async () => {
    const scene = new Scene()
    const [stop, other] = [scene.listen('a'), scene.listen('b')]
    for (let times = 0; times < 3; times++) stop()
    scene.push('1')
    await scene.settle()
    expect(scene.consumer.lastEventId).toBe('1')
    other()
    scene.push('2')
    await scene.settle()
    expect([scene.consumer.lastEventId, scene.queue.take()?.id]).toEqual(['1', '2'])
  })

  it('that begin again after all were stopped get what waited', async () => {
    const scene = new Scene()
    scene.listen()()
    await scene.settle()
    scene.push('1')
    const stop = scene.listen()
    await scene.settle()
    expect(scene.told).toEqual(['1'])
    stop()
    scene.push('2')
    await scene.settle()
    expect(scene.told).toEqual(['1'])
    scene.listen()
    await scene.settle()
    expect(scene.told).toEqual(['1', '2'])
  })

  it('are at the end of the connection, too', async () => {
    const scene = new Scene().push('1')
    scene.listen()
    scene.end(false)
    await scene.settle()
    expect([scene.told, scene.onOver.mock.calls.length]).toEqual([['1'], 1])
  })

  it('leave it to a loop from its beginning on', async () => {
    const scene = new Scene()
    scene.listen()
    await scene.settle()
    const loop = scene.consumer.iterate()
    scene.listen('x')
    scene.push('1', '2')
    await scene.settle()
    expect(scene.told).toEqual([])
    expect([await loop.next(), scene.told]).toMatchObject([{ value: { data: '1' } }, ['1']])
  })
})

describe('what takes its time', () => {
  it('keeps the order where a loop begins while a listener is to be told', async () => {
    const { validator, verdicts } = judge()
    const scene = new Scene({ validator }).push('1', '2')
    scene.listen()
    await scene.settle()
    const next = scene.consumer.iterate().next()
    await scene.settle()
    expect(verdicts).toHaveLength(1)
    verdicts[0]?.()
    await scene.settle()
    verdicts[1]?.()
    expect([await next, scene.told]).toMatchObject([{ value: { data: '2' } }, ['1', '2']])
  })

  it('is waited for before the next event, whoever asks', async () => {
    const { validator, verdicts } = judge()
    const scene = new Scene({ validator }).push('1', '2')
    const loop = scene.consumer.iterate()
    const steps = [loop.next(), loop.next()]
    await scene.settle()
    expect([verdicts.length, scene.consumer.lastEventId]).toEqual([1, ''])
    verdicts[0]?.()
    await scene.settle()
    expect([verdicts.length, scene.consumer.lastEventId]).toEqual([2, '1'])
    verdicts[1]?.()
    expect(await Promise.all(steps)).toMatchObject([{ value: { data: '1' } }, { value: { data: '2' } }])
  })

  it('is waited for by all listeners, the later ones too', async () => {
    const { validator, verdicts } = judge()
    const scene = new Scene({ validator }).push('1', '2')
    scene.listen()
    await scene.settle()
    scene.listen()
    await scene.settle()
    expect(verdicts).toHaveLength(1)
    verdicts[0]?.()
    await scene.settle()
    expect([scene.told, verdicts.length]).toEqual([['1', '1'], 2])
  })

  it('makes no event of one that is refused, or came too late', async () => {
    const { validator, verdicts } = judge()
    const [refused, late] = [new Scene({ validator }).push('1'), new Scene({ validator }).push('1')]
    const steps = [refused, late].map(({ consumer }) => consumer.iterate().next())
    for (const scene of [refused, late]) scene.listen()
    late.end(true)
    verdicts[0]?.({ cause: 'issues' })
    verdicts[1]?.()
    expect(await Promise.all(steps)).toEqual([done, done])
    expect([refused.onInvalid.mock.calls, late.onInvalid.mock.calls]).toEqual([[['issues']], []])
    for (const { told, consumer } of [refused, late]) expect([told, consumer.lastEventId]).toEqual([[], ''])
  })

  it('in onGap comes before the next event, but an answer at once does not', async () => {
    let loaded = (): void => {}
    const onGap = vi.fn<() => Promise<void>>(() => new Promise((resolve) => (loaded = resolve)))
    const scene = new Scene({ onGap })
    scene.queue.push({ id: 'g', gap })
    const next = scene.push('1').consumer.iterate().next()
    await scene.settle()
    expect([onGap.mock.lastCall, scene.consumer.lastEventId]).toEqual([[gap], 'g'])
    loaded()
    expect(await next).toMatchObject({ value: { data: '1' } })
  })
})

describe('a store', () => {
  function stored(): { scene: Scene; set: ReturnType<typeof vi.fn>; environment: FakeEnvironment } {
    const [scene, set, environment] = [new Scene(), vi.fn(), new FakeEnvironment()]
    const store = { get: () => '', set }
    scene.consumer.begin('0', new PositionSaver(store, environment, '0'))
    return { scene, set, environment }
  }

  it('begins with what it had', () => {
    expect(stored().scene.consumer.lastEventId).toBe('0')
  })

  it('does not get the id of an event that a loop has, which took over from listeners as it came', async () => {
    const { scene, set, environment } = stored()
    scene.listen()
    await scene.settle()
    const loop = scene.consumer.iterate()
    scene.push('1')
    expect((await loop.next()).value).toMatchObject({ data: '1' })
    await environment.advance(2_000)
    expect(set).not.toHaveBeenCalled()
    void loop.next()
    await environment.advance(2_000)
    expect(set.mock.calls).toEqual([['1']])
  })

  it('gets the id of an event once the next one is asked for', async () => {
    const { scene, set, environment } = stored()
    const loop = scene.push('1', '2').consumer.iterate()
    await loop.next()
    await environment.advance(2_000)
    expect(set).not.toHaveBeenCalled()
    await loop.next()
    await environment.advance(1_000)
    expect(set.mock.calls).toEqual([['1']])
  })

  it('gets what a listener was told, also when it listens no more', async () => {
    const { scene, set, environment } = stored()
    const stop = scene.listen()
    scene.push('1')
    await scene.settle()
    stop()
    scene.push('2')
    await scene.settle()
    await environment.advance(1_000)
    expect(set.mock.calls).toEqual([['1']])
  })

  it('gets the rest at the end, but not the event that was being handled', async () => {
    const { scene, set, environment } = stored()
    const loop = scene.push('1', '2').consumer.iterate()
    await loop.next()
    await loop.next()
    await loop.return?.()
    expect([set.mock.calls, environment.timers]).toEqual([[['1']], 0])
  })
})
