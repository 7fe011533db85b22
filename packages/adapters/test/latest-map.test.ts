import { expect, it } from 'vitest'
import { LatestMap } from '../src/latest-map.ts'

it('knows the newest keys, and a bounded number of them', () => {
  const map = new LatestMap<number, string>(10)
  for (let key = 0; key < 1_000; key++) map.set(key, `value ${key}`)
  const known = Array.from({ length: 1_000 }, (_, key) => key).filter((key) => map.get(key) !== undefined)
  expect(known.slice(-10)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999])
  expect(known.length).toBeLessThanOrEqual(20)
  expect(known.every((key) => map.get(key) === `value ${key}`)).toBe(true)
})

it('has the newest value of a key, and forgets what is deleted, however long ago it was set', () => {
  const map = new LatestMap<string, number>(3)
  map.set('a', 1)
  map.set('b', 1)
  map.set('c', 1)
  map.set('a', 2)
  expect([map.get('a'), map.get('b'), map.get('d')]).toEqual([2, 1, undefined])
  map.delete('a')
  map.delete('b')
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, undefined, 1])
})
