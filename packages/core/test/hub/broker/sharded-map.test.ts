import { describe, expect, it, vi } from 'vitest'
import { ShardedMap } from '../../../src/hub/broker/sharded-map.ts'

describe('a map in shards', () => {
  it('is a map', () => {
    const map = new ShardedMap<number>()
    const names = Array.from({ length: 10_000 }, (_, number) => `topic ${number}`)
    for (const [number, name] of names.entries()) map.set(name, number)
    map.set('topic 7', 70)
    for (const name of names.slice(5_000)) map.delete(name)
    map.delete('none')
    expect(names.map((name) => map.get(name))).toEqual(
      names.map((_, number) => (number === 7 ? 70 : number < 5_000 ? number : undefined)),
    )
    map.clear()
    expect(map.get('topic 1')).toBeUndefined()
  })

  it('has few names in each of its parts, whatever they have in common', () => {
    const set = vi.spyOn(Map.prototype, 'set')
    const map = new ShardedMap<number>()
    for (let number = 0; number < 25_600; number++) map.set(`user:${number.toString(36)}:news`, number)
    const parts = new Set(set.mock.contexts as Map<unknown, unknown>[])
    vi.restoreAllMocks()
    expect(Math.max(...[...parts].map(({ size }) => size))).toBeLessThan(1_000)
  })
})
