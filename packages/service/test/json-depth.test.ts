import { expect, test } from 'vitest'
import { isNestedDeeper } from '../src/limits/json-depth.ts'
import { authorized, post, problemOf, serviceOf } from './service.ts'

const nested = (depth: number, inner = '0'): string => '['.repeat(depth) + inner + ']'.repeat(depth)

test.each([
  ['nothing', '', 0],
  ['a scalar', '1', 0],
  ['an array', '[1]', 1],
  ['an object in it', '[{"a":1}]', 2],
  ['siblings', '[[],[],{},[]]', 2],
  ['brackets in a string', '["[[[[{{{{"]', 1],
  ['an escaped quotation mark', String.raw`["a\"[[[[", "\\", "[["]`, 1],
  ['an unfinished string', '["[[[', 1],
  ['a backslash at the end', '["\\', 1],
  ['many levels', nested(5_000), 5_000],
])('of %s the depth is known', (_, json, depth) => {
  expect(isNestedDeeper(json, depth)).toBe(false)
  if (depth > 0) expect(isNestedDeeper(json, depth - 1)).toBe(true)
})

test('looks at no more of a body than it needs', () => {
  expect(isNestedDeeper(nested(50_000) + '"'.repeat(1_000_000), 128)).toBe(true)
})

test('a body of 50,000 levels is refused before it is parsed, one of 100 is published', async () => {
  const { fetch } = serviceOf()
  const bodyOf = (depth: number): RequestInit => ({
    method: 'POST',
    headers: { ...authorized, 'content-type': 'application/json' },
    body: `{"data":${nested(depth)}}`,
  })
  const refused = await fetch('/topics/a', bodyOf(50_000))
  expect(await problemOf(refused)).toMatchObject({ status: 400, code: 'invalid-body' })
  expect((await fetch('/topics/a', bodyOf(100))).status).toBe(201)
  expect((await fetch('/topics/a', post({ data: 1 }))).status).toBe(201)
})
