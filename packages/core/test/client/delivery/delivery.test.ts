import { describe, expect, it } from 'vitest'
import { Received } from '../../../src/wire/received.ts'
import { idOf, Scene } from './scene.ts'

describe('one stream', () => {
  it('is delivered from where it begins, and what it repeats is not', () => {
    const scene = new Scene()
    const source = scene.source()
    expect([source.event('a5', 'a6'), source.event('a6'), source.event('a1'), source.event('a7')]).toEqual([
      'delivered',
      'repeated',
      'repeated',
      'delivered',
    ])
    expect(scene.given).toEqual(['a5', 'a6', 'a7'])
  })

  it('leaves out what it may: what it covers is complete, whatever the offsets', () => {
    const scene = new Scene(['a5'])
    expect(scene.source().event('a6', 'a9', 'a10')).toBe('delivered')
    expect(scene.given).toEqual(['a6', 'a9', 'a10'])
  })

  it('has the same topics interleaved, each in its order', () => {
    const scene = new Scene(['a0', 'b0'])
    scene.source().event('a1', 'b1', 'b2', 'a2', 'a1', 'b2', 'a3', 'b3')
    expect(scene.given).toEqual(['a1', 'b1', 'b2', 'a2', 'a3', 'b3'])
  })

  it('moves on with the log into a later epoch, and tells that events may be missing', () => {
    const scene = new Scene(['a5.1'])
    expect(scene.source().event('a6.1', 'a3', 'a4')).toBe('delivered')
    expect(scene.given).toEqual(['a6.1', 'new-epoch a: a6.1 to a2', 'a3', 'a4'])
  })

  it('that goes back to an older log is stale, and nothing of it is delivered', () => {
    const scene = new Scene(['a5'])
    const source = scene.source()
    expect([source.event('a6.1'), source.checkpoint('a6.1'), source.checkpoint('b1', 'a6.1')]).toEqual([
      'stale',
      'stale',
      'stale',
    ])
    expect(scene.given).toEqual([])
  })

  it('has ids that say where the application is in all topics', () => {
    const scene = new Scene(['a5', 'b5'])
    scene.source().event('b6', 'a6')
    expect(scene.ids).toEqual(['b6 c1 b6 a5', 'a6 c1 a6 b6'])
  })

  it('says with a whole vector where its other topics stand', () => {
    const scene = new Scene()
    const source = scene.source()
    expect(source.full('a5', 'b7')).toBe('delivered')
    expect([source.event('b7'), source.event('b8')]).toEqual(['repeated', 'delivered'])
    expect(scene.ids).toEqual(['a5 c1 a5 b7', 'b8 c1 b8 a5'])
  })

  it('begins with the first event of an epoch, before which there is nothing', () => {
    const scene = new Scene()
    expect(scene.source().full('a1', 'b0')).toBe('delivered')
    expect(scene.source().event('b0')).toBe('repeated')
  })
})

describe('a checkpoint', () => {
  it('moves on in silence, and only forwards', () => {
    const scene = new Scene(['a5'])
    const source = scene.source()
    expect([source.checkpoint('a9'), source.checkpoint('a9'), source.checkpoint('a7')]).toEqual([
      'delivered',
      'repeated',
      'repeated',
    ])
    expect(scene.ids).toEqual(['– c1 a9'])
  })

  it('moves several topics, each by itself', () => {
    const scene = new Scene(['a5', 'b5'])
    expect(scene.source().checkpoint('a3', 'b9')).toBe('delivered')
    expect(scene.ids).toEqual(['– c1 a5 b9'])
  })

  it('of a later epoch tells that events may be missing', () => {
    const scene = new Scene(['a5.1'])
    expect(scene.source().checkpoint('a3')).toBe('delivered')
    expect(scene.given).toEqual(['new-epoch a: a5.1 to a3'])
  })
})

describe('a gap', () => {
  it('is told of the topics that it names, and the others move on', () => {
    const scene = new Scene(['a5', 'b5'])
    const source = scene.source()
    expect(source.gap('trimmed', ['a'], 'a8', 'b7')).toBe('delivered')
    source.event('a9', 'b8')
    expect(scene.given).toEqual(['trimmed a: a5 b5 to a8 b5', 'a9', 'b8'])
  })

  it('after events of the same stream is told at once', () => {
    const scene = new Scene(['a5'])
    const source = scene.source()
    source.event('a6', 'a6')
    expect([source.gap('trimmed', ['a'], 'a9'), source.event('a10')]).toEqual(['delivered', 'delivered'])
    expect(scene.given).toEqual(['a6', 'trimmed a: a6 to a9', 'a10'])
  })

  it('of which nothing is missing here is none', () => {
    const scene = new Scene(['a9'])
    expect(scene.source().gap('trimmed', ['a'], 'a8')).toBe('repeated')
    expect(scene.given).toEqual([])
  })

  it('is told of a topic that was not known, since the server knows better', () => {
    const scene = new Scene()
    scene.source().gap('unknown-id', ['a'], 'a8', 'b7')
    expect(scene.given).toEqual(['unknown-id a: to a8'])
  })

  it('is an event like others where it is none of a hub', () => {
    const scene = new Scene(['a5'])
    const source = scene.source()
    const data = '{"reason":"else"}'
    const received = new Received('gap', data, idOf('a6'))
    expect(scene.delivery.takeEvent(source, received, idOf('a6'))).toBe('delivered')
    // And what looks like a gap is none by its data alone.
    const like = new Received('message', '{"reason":"trimmed","topics":["a"]}', idOf('a7', 'b1'))
    expect(scene.delivery.takeEvent(source, like, like.id)).toBe('delivered')
    expect(scene.given).toEqual([data, like.data])
  })

  it('in one topic says nothing about a hole in another', () => {
    const scene = new Scene()
    const source = scene.source()
    source.gap('trimmed', ['a'], 'a8')
    const other = scene.source()
    other.event('b1')
    other.leave()
    // Asked again from b1, the server has what is between.
    expect(source.event('b5')).toBe('reopen')
    expect(scene.given).toEqual(['trimmed a: to a8', 'b1'])
  })
})

describe('servers that contradict each other about the log', () => {
  it('leave a gap that nobody announced, where an older log was adopted meanwhile', () => {
    const scene = new Scene(['a5'])
    const newer = scene.source()
    const older = scene.source(true)
    older.event('a3.1')
    older.leave()
    newer.event('a6')
    expect(scene.given).toEqual(['new-epoch a: a5 to a2.1', 'a3.1', 'missed a: a3.1 to a5', 'a6'])
  })
})

describe('ids that cannot be compared', () => {
  it('count on the stream that delivers alone, and drop nothing', () => {
    const scene = new Scene()
    const [one, two] = [scene.source(), scene.source()]
    one.isPrimary = true
    expect([one.opaque('x', '1'), one.opaque('y'), one.opaque('z', '1'), two.opaque('x', '1')]).toEqual([
      'delivered',
      'delivered',
      'delivered',
      'left',
    ])
    expect(scene.delivery.takeCheckpoint(two, '9')).toBe('left')
    expect(scene.delivery.takeCheckpoint(one, '2')).toBe('delivered')
    expect(scene.ids).toEqual(['x 1', 'y 1', 'z 1', '– 2'])
  })

  it('say nothing about where those that can stand', () => {
    const scene = new Scene(['a5'])
    const source = scene.source()
    source.isPrimary = true
    source.opaque('x', '1')
    source.event('a6')
    expect(scene.ids).toEqual(['x c1 a5', 'a6 c1 a6'])
  })

  it('and cannot be sent are told, and not kept; no id at all may be kept', () => {
    const scene = new Scene()
    const source = scene.source()
    source.isPrimary = true
    source.opaque('x', '1')
    source.opaque('y', 'a\0b')
    source.opaque('z', '1')
    expect([scene.onLimit.mock.calls, scene.ids]).toEqual([[['id-size']], ['x 1', 'y ', 'z 1']])
    source.opaque('w', '')
    expect([scene.onLimit.mock.calls.length, scene.ids]).toEqual([1, ['w ']])
  })
})

describe('the event that ends it', () => {
  it('is not delivered, but was had', () => {
    const scene = new Scene(['a5'], { until: ({ data, topic }) => data === 'a7' && topic === 'a' })
    const source = scene.source()
    expect([source.event('a6'), source.event('a7')]).toEqual(['delivered', 'complete'])
    expect(scene.ids).toEqual(['a6 c1 a6', '– c1 a7'])
  })
})
