import { describe, expect, it } from 'vitest'
import { topicKey } from '../../../src/wire/position.ts'
import { type FakeSource, Scene } from './scene.ts'

describe('two streams', () => {
  it('deliver each event once, whoever is first', () => {
    const scene = new Scene(['a0'])
    const [one, two] = [scene.source(), scene.source()]
    expect([one.event('a1', 'a2'), two.event('a1'), two.event('a2'), two.event('a3'), one.event('a3')]).toEqual([
      'delivered',
      'repeated',
      'repeated',
      'delivered',
      'repeated',
    ])
    expect([one.event('a4'), two.event('a4'), two.event('a5')]).toEqual(['delivered', 'repeated', 'delivered'])
    expect(scene.given).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
  })

  it('leave to the other one what it can still bring', () => {
    const scene = new Scene(['a0'])
    const [one, two] = [scene.source(), scene.source()]
    expect([two.gap('trimmed', ['a'], 'a3'), two.event('a4')]).toEqual(['repeated', 'left'])
    one.event('a1', 'a2', 'a3', 'a4')
    expect(two.event('a5')).toBe('delivered')
    expect(scene.given).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
  })

  it.each<[string, (other: FakeSource) => void]>([
    ['is gone', (other) => other.leave()],
    ['is silent', (other) => void (other.isBringing = false)],
    ['begins later itself', (other) => void other.gap('trimmed', ['a'], 'a9')],
  ])('tell of a gap that the other one cannot close, since it %s', (_, happens) => {
    const scene = new Scene(['a0'])
    const [one, two] = [scene.source(), scene.source()]
    happens(one)
    expect([two.gap('trimmed', ['a'], 'a3'), two.event('a4')]).toEqual(['delivered', 'delivered'])
    expect(scene.given).toEqual(['trimmed a: a0 to a3', 'a4'])
  })

  it('of which one left events to the other begin again, once that is gone', () => {
    const scene = new Scene(['a0', 'b0'])
    const [one, two] = [scene.source(), scene.source()]
    two.gap('trimmed', ['a'], 'a3', 'b0')
    two.event('a4')
    expect(scene.delivery.isCaughtUp(two)).toBe(false)
    expect(scene.delivery.settle(two)).toBe('repeated')
    one.leave()
    expect(scene.delivery.settle(two)).toBe('reopen')
    expect([two.event('a5'), two.checkpoint('a5', 'b1')]).toEqual(['reopen', 'reopen'])
    expect(scene.given).toEqual([])
  })

  it('of which one left no events to the other go on, and the gap is told', () => {
    const scene = new Scene(['a0'])
    const [one, two] = [scene.source(), scene.source()]
    two.gap('trimmed', ['a'], 'a3')
    one.leave()
    expect(scene.delivery.settle(two)).toBe('repeated')
    expect(scene.delivery.isCaughtUp(two)).toBe(true)
    expect([two.event('a4'), scene.given]).toEqual(['delivered', ['trimmed a: a0 to a3', 'a4']])
  })

  it('of which one begins later are no gap: the first one is still there', () => {
    const scene = new Scene()
    const one = scene.source()
    one.event('a1')
    const two = scene.source()
    two.coverage.base.clear()
    expect(two.event('a5')).toBe('left')
    expect(one.event('a2', 'a3', 'a4', 'a5', 'a6')).toBe('delivered')
    expect([two.event('a6'), two.event('a7'), scene.given.length]).toEqual(['repeated', 'delivered', 7])
  })
})

describe('an older log that is all there is', () => {
  it('begins anew, with a gap, and goes on', () => {
    const scene = new Scene(['a5'])
    const source = scene.source(true)
    expect([source.event('a3.1', 'a4.1'), source.event('a4.1')]).toEqual(['delivered', 'repeated'])
    expect(scene.given).toEqual(['new-epoch a: a5 to a2.1', 'a3.1', 'a4.1'])
  })

  it('has its first event once, and begins at a checkpoint, too', () => {
    const scene = new Scene(['a5', 'b5'])
    const source = scene.source(true)
    expect([source.event('a3.1'), source.event('a3.1')]).toEqual(['delivered', 'repeated'])
    expect([source.checkpoint('b2.1'), source.checkpoint('b2.1')]).toEqual(['delivered', 'repeated'])
  })

  it('begins at a checkpoint or a gap, in each topic by itself', () => {
    const scene = new Scene(['a5', 'b5'])
    const source = scene.source(true)
    expect(source.gap('new-epoch', ['a', 'b'], 'a3.1', 'b6')).toBe('delivered')
    expect(source.event('a4.1', 'b7')).toBe('delivered')
    expect(scene.given).toEqual(['new-epoch a: a5 b5 to a3.1 b5', 'new-epoch b: a3.1 b5 to b6 a3.1', 'a4.1', 'b7'])
  })
})

describe('an event that is too large', () => {
  it('is a gap in its own topic', () => {
    const scene = new Scene(['a5', 'b5'])
    const source = scene.source()
    expect([source.tooLarge('a6'), source.event('a7'), source.event('b6')]).toEqual([
      'delivered',
      'delivered',
      'delivered',
    ])
    expect(scene.given).toEqual(['too-large a: a5 b5 to a6 b5', 'a7', 'b6'])
  })

  it('is none where another stream brought it', () => {
    const scene = new Scene(['a5'])
    const [one, two] = [scene.source(), scene.source()]
    one.event('a6')
    expect([two.tooLarge('a6'), two.event('a7'), scene.given]).toEqual(['repeated', 'delivered', ['a6', 'a7']])
  })

  it('of a server of another kind is one only on the stream that delivers', () => {
    const scene = new Scene()
    const source = scene.source()
    expect(scene.delivery.takeTooLarge(source, 'x')).toBe('left')
    source.isPrimary = true
    expect(scene.delivery.takeTooLarge(source, 'x')).toBe('delivered')
    expect(scene.delivery.takeTooLarge(source, undefined)).toBe('delivered')
    expect(scene.given).toEqual(['too-large : tox', 'too-large :x tox'])
  })
})

describe('topics that are too many', () => {
  it('are told, and delivered', () => {
    const scene = new Scene()
    const source = scene.source()
    for (let number = 0; number < 32; number++) source.event(`t${String.fromCharCode(97 + number)}1`)
    expect(scene.onLimit).not.toHaveBeenCalled()
    expect(source.event('a1')).toBe('delivered')
    expect([scene.onLimit.mock.calls, scene.given.length]).toEqual([[['topic-count']], 33])
  })

  it('are told where several streams name them', () => {
    const scene = new Scene()
    const [one, two] = [scene.source(), scene.source()]
    for (let number = 0; number < 16; number++) {
      one.event(`t${String.fromCharCode(97 + number)}1`)
      two.event(`u${String.fromCharCode(97 + number)}1`)
    }
    expect(scene.onLimit).not.toHaveBeenCalled()
    two.event('a1')
    expect(scene.onLimit.mock.calls).toEqual([['topic-count']])
  })

  it('are left to another stream by one that forgot them', () => {
    const scene = new Scene()
    const [one, two] = [scene.source(), scene.source()]
    one.event('a1')
    const others = Array.from({ length: 32 }, (_, number) => `t${String.fromCharCode(97 + number)}1`)
    one.checkpoint(...others)
    expect(one.coverage.base.has(topicKey('a'))).toBe(false)
    two.event('a1')
    expect(one.event('a3')).toBe('left')
    expect([two.event('a2', 'a3'), one.event('a4'), two.event('a4')]).toEqual(['delivered', 'delivered', 'repeated'])
  })

  it('are none as long as no stream names them', () => {
    const names = Array.from({ length: 32 }, (_, number) => `t${String.fromCharCode(97 + number)}1`)
    const scene = new Scene(names)
    expect(scene.source().event('a1', 'a2')).toBe('delivered')
    expect(scene.onLimit).not.toHaveBeenCalled()
    expect([...scene.delivery.positions]).toHaveLength(32)
  })

  it('come back where they were when another stream still names them', () => {
    const scene = new Scene()
    const one = scene.source()
    one.event('a1', 'a2')
    for (let number = 0; number < 32; number++) scene.source().event(`t${String.fromCharCode(97 + number)}1`)
    expect(scene.delivery.positions.of(topicKey('a'))).toBeUndefined()
    expect(one.event('a3')).toBe('delivered')
    expect(one.event('a3')).toBe('repeated')
  })
})
