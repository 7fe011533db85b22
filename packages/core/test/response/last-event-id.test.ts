import { expect, it } from 'vitest'
import { lastEventIdOf, queryOf, urlOf } from '../../src/response/request.ts'
import { get, openStream } from '../support/open.ts'

/** The bytes of a text as the characters of a header. */
function asHeader(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}

it.each(['42', 'é', '日本語', '🐟', '\u{FEFF}mark', 'c1~38ktp2ey-0-0'])('reads the header as UTF-8: %o', (id) => {
  expect(lastEventIdOf(get({ headers: { 'last-event-id': asHeader(id) } }))).toBe(id)
})

it('reads bytes that are no UTF-8 as replacement characters', () => {
  expect(lastEventIdOf(get({ headers: { 'last-event-id': 'a\xffb' } }))).toBe('a\u{FFFD}b')
})

it('prefers the header to the query', () => {
  expect(lastEventIdOf(get({ headers: { 'last-event-id': '1' } }, '?lastEventId=2'))).toBe('1')
})

it('takes the query when the header is empty or absent', () => {
  expect(lastEventIdOf(get({}, '?lastEventId=%C3%A9+x'))).toBe('é x')
  expect(lastEventIdOf(get({ headers: { 'last-event-id': '' } }, '?lastEventId=2&lastEventId=3'))).toBe('2')
})

it('is empty else', () => {
  expect(lastEventIdOf(get())).toBe('')
  expect(lastEventIdOf(get({}, '?lastEventId='))).toBe('')
  expect(openStream().stream.lastEventId).toBe('')
})

it('reaches the source', () => {
  const { stream } = openStream({ request: get({ headers: { 'last-event-id': asHeader('é') } }) })
  expect(stream.lastEventId).toBe('é')
})

it.each([
  ['http://a.example/b?c', 'http://a.example/b?c'],
  ['/events?lastEventId=7', 'http://localhost/events?lastEventId=7'],
  ['//evil.example/events', 'http://localhost//evil.example/events'],
  ['http://a b/events?x=1', 'http://localhost/events?x=1'],
  ['http://a:99999?x', 'http://localhost/?x'],
  ['*', 'http://localhost/*'],
  ['', 'http://localhost/'],
])('takes %o for the URL %s', (url, href) => {
  expect(urlOf({ url }).href).toBe(href)
})

it.each([
  'http://a.example/b',
  'http://a.example/b?',
  'http://a.example/b?c=1&c=2&d=%C3%A9+x&e=日本',
  'http://a.example/b?c=1?d=2#?c=3',
  'http://a.example/b#?c=3',
  '/events?lastEventId=7',
  'http://a b/events?x=1',
  'http://a:99999?x',
  '',
])('takes the query of %o for that of its URL', (url) => {
  expect([...queryOf({ url })]).toEqual([...urlOf({ url }).searchParams])
})
