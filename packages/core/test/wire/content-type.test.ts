import { expect, it } from 'vitest'
import { isEventStream } from '../../src/wire/content-type.ts'

it.each([
  'text/event-stream',
  'TEXT/EVENT-STREAM',
  ' text/event-stream\t',
  'text/event-stream;',
  'text/event-stream;charset=utf-8',
  'text/event-stream ; charset=utf-16',
  'text/event-stream; a="b, text/html"; c',
  'text/event-stream; a="b\\", text/html"',
  'text/html, text/event-stream',
  'text/event-stream, */*',
  'text/event-stream, nonsense',
  'text/event-stream, te(xt/html',
  'text/event-stream, text/event-stream',
  'text/event-stream; a="b, text/html',
  'text/event-stream,',
])('accepts %j', (type) => {
  expect(isEventStream(type)).toBe(true)
})

it.each([
  null,
  '',
  'text',
  'text/plain',
  'text/event-streams',
  'x-text/event-stream',
  'text/event-stream/x',
  'text /event-stream',
  'text/ event-stream',
  'text/event-stream x',
  '"text/event-stream"',
  'text/"x"event-stream',
  'text/(event-stream',
  'text/event-stream, text/html;',
  'text/plain; a=text/event-stream',
  'text/plain; a="x, text/event-stream"',
  'text/event-stream, text/html',
])('refuses %j', (type) => {
  expect(isEventStream(type)).toBe(false)
})
