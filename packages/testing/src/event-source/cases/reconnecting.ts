import { type EventSourceCase, isBrowser, wait } from '../context.ts'
import { equal, ok } from '../expect.ts'
import type { Answer } from '../plan.ts'

// WHATWG HTML, section 9.2.3 "Processing model": reestablish the connection.

const last: Answer = { body: ['data: last\n\n'] }
const ended = (text: string): Answer => ({ body: [text], after: 'end' })

export const reconnecting: EventSourceCase[] = [
  {
    name: 'end of the body: an error event while connecting, then open again',
    async run(context) {
      const { source, events, stream } = context.open([ended('retry: 50\ndata: 1\n\n'), last])
      await events.until('message:last')
      equal(events.log, ['open', 'message:1', 'error:0', 'open', 'message:last'], 'events')
      equal([source.readyState, (await stream.seen()).length], [1, 2], 'state')
    },
  },
  {
    name: 'end of the body: its error is a plain event',
    async run(context) {
      const { source, events } = context.open([ended('retry: 50\n\n'), last])
      await events.until('error:0')
      const event = events.all[1]?.event
      ok(event instanceof Event && !(event instanceof MessageEvent), 'class')
      equal([event?.bubbles, event?.cancelable, event?.target === source], [false, false, true], 'flags')
    },
  },
  {
    name: 'end of the body: an empty one has been open, too',
    async run(context) {
      const { events } = context.open([ended('retry: 50\n\n'), { body: [], after: 'end' }, last])
      await events.until('message:last')
      equal(events.log, ['open', 'error:0', 'open', 'error:0', 'open', 'message:last'], 'events')
    },
  },
  {
    name: 'body shorter than its length: reestablished',
    async run(context) {
      const headers = { 'content-type': 'text/event-stream', 'content-length': '1000' }
      const { events, stream } = context.open([
        { headers, body: ['retry: 50\ndata: 1\n\n', { until: 'released' }], after: 'reset' },
        last,
      ])
      await events.until('message:1')
      await stream.release()
      await events.until('message:last')
      equal(events.log, ['open', 'message:1', 'error:0', 'open', 'message:last'], 'events')
    },
  },
  {
    name: 'reset in mid-stream: reestablished',
    async run(context) {
      // A reset overtakes what is still on its way.
      const { events, stream } = context.open([
        { body: ['retry: 50\ndata: 1\n\ndata: unfinished\n', { until: 'released' }], after: 'reset' },
        last,
      ])
      await events.until('message:1')
      await stream.release()
      await events.until('message:last')
      equal(events.log, ['open', 'message:1', 'error:0', 'open', 'message:last'], 'events')
    },
  },
  {
    name: 'reset before the head: a network error, tried again after a few seconds',
    async run(context) {
      // When a connection that was kept is gone, a browser repeats a GET by itself, Bun 1.4 even twice.
      const { events, stream } = context.open([{ instead: 'reset' }, { instead: 'reset' }, { instead: 'reset' }, last])
      await events.until('message:last')
      const seen = await stream.seen()
      const waits = seen.slice(1).map(({ at }, index) => at - (seen[index]?.at ?? 0))
      ok(
        waits.some((each) => each > 900 && each < 8_000),
        `waits of ${waits.join(' and ')} ms`,
      )
      ok(
        events.log.every((entry) => ['error:0', 'open', 'message:last'].includes(entry)),
        'events',
      )
    },
  },
  {
    name: 'refused: tried again, not failed',
    async run(context) {
      const source = context.connect('http://127.0.0.1:9/')
      await new Promise((resolve) => (source.onerror = resolve))
      equal(source.readyState, 0, 'state')
    },
  },
  {
    name: 'retry: is waited for',
    async run(context) {
      const { events, stream } = context.open([ended('retry: 700\ndata: 1\n\n'), last])
      await events.until('message:last')
      const [first, second] = await stream.seen()
      const waited = (second?.at ?? 0) - (first?.at ?? 0)
      ok(waited >= 690 && waited < 2_500, `waited ${waited} ms`)
    },
  },
  {
    name: 'retry: counts at once, also in a block that is never finished',
    async run(context) {
      const { events, stream } = context.open([ended('data: 1\n\nretry: 200\n'), last])
      await events.until('message:last')
      const [first, second] = await stream.seen()
      ok((second?.at ?? 0) - (first?.at ?? 0) < 1_500, 'soon')
    },
  },
  {
    name: 'retry: anything but digits is ignored',
    async run(context) {
      const bad = [
        'retry: 5000x',
        'retry: -5000',
        'retry: 5e3',
        'retry: +5000',
        'retry:',
        'retry',
        'retry: 5000.5',
        'retry: ５０００',
        'retry:  5000',
      ]
      const { events, stream } = context.open([ended(`retry: 200\n${bad.join('\n')}\ndata: 1\n\n`), last])
      await events.until('message:last')
      const [first, second] = await stream.seen()
      ok((second?.at ?? 0) - (first?.at ?? 0) < 1_500, 'soon')
    },
  },
  {
    name: 'retry: leading zeros, and the last of several',
    async run(context) {
      const { events, stream } = context.open([ended('retry: 9000\n\nretry: 000200\ndata: 1\n\n'), last])
      await events.until('message:last')
      const [first, second] = await stream.seen()
      ok((second?.at ?? 0) - (first?.at ?? 0) < 1_500, 'soon')
    },
  },
  ...(['7', 'grüße', '日本語', 'é€😀', 'a b', 'a\tb', 'a\x80b', 'x'.repeat(2_000)] as const).map((id) => ({
    name: `Last-Event-ID: ${id.slice(0, 8)} is sent in UTF-8`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { events, stream } = context.open([ended(`retry: 50\nid: ${id}\ndata: 1\n\n`), last])
      await events.until('message:last')
      equal((await stream.seen())[1]?.headers['last-event-id'], id, 'header')
      equal(
        events.messages().map(({ lastEventId }) => lastEventId),
        [id, id],
        'events',
      )
    },
  })),
  {
    name: 'Last-Event-ID: sent to the target of a redirect',
    async run(context) {
      const target = context.plan([last])
      const { events, stream } = context.open([
        ended('retry: 50\nid: é\ndata: 1\n\n'),
        { status: 307, headers: { location: target.url.slice(context.base.length) }, after: 'end' },
      ])
      await events.until('message:last')
      equal((await stream.seen())[1]?.headers['last-event-id'], 'é', 'first')
      equal((await target.seen())[0]?.headers['last-event-id'], 'é', 'target')
    },
  },
  {
    name: 'Last-Event-ID: across origins',
    async run(context) {
      const stream = context.plan([ended('retry: 50\nid: 7\ndata: 1\n\n'), last], context.otherBase)
      const source = context.connect(stream.url)
      await new Promise<void>((resolve) => (source.onmessage = ({ data }) => data === 'last' && resolve()))
      equal((await stream.seen())[1]?.headers['last-event-id'], '7', 'header')
    },
  },
  {
    name: 'Last-Event-ID: not after an empty id',
    async run(context) {
      const { events, stream } = context.open([ended('retry: 50\nid: 7\ndata: 1\n\nid\n\n'), last])
      await events.until('message:last')
      equal((await stream.seen())[1]?.headers['last-event-id'], undefined, 'header')
    },
  },
  {
    name: 'Last-Event-ID: of a block without data, but not of an unfinished one',
    async run(context) {
      const { events, stream } = context.open([ended('retry: 50\nid: 7\n\nid: 8\n'), last])
      await events.until('message:last')
      equal((await stream.seen())[1]?.headers['last-event-id'], '7', 'header')
    },
  },
  {
    name: 'Last-Event-ID: kept over a connection that says nothing of it',
    async run(context) {
      const { events, stream } = context.open([ended('retry: 50\nid: 7\ndata: 1\n\n'), ended('data: 2\n\n'), last])
      await events.until('message:last')
      const seen = await stream.seen()
      equal(
        [seen[0], seen[1], seen[2]].map((each) => each?.headers['last-event-id']),
        [undefined, '7', '7'],
        'headers',
      )
    },
  },
  {
    name: 'Last-Event-ID: one that cannot be a header does not end it',
    async run(context) {
      const { events } = context.open([ended('retry: 50\nid: a\x01b\ndata: 1\n\n'), last])
      if (isBrowser()) return void (await events.until('error:0'))
      await events.until('message:last')
    },
  },
  ...[204, 500, 404].map((status) => ({
    name: `reconnection: answered ${status}, it fails for good`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { source, events, stream } = context.open([
        ended('retry: 50\ndata: 1\n\n'),
        { status, after: 'end' as const },
      ])
      await events.until('error:2')
      await wait(200)
      equal(events.log, ['open', 'message:1', 'error:0', 'error:2'], 'events')
      equal([source.readyState, (await stream.seen()).length], [2, 2], 'state')
    },
  })),
  {
    name: 'reconnection: again and again',
    async run(context) {
      const { events } = context.open([
        ended('retry: 20\ndata: 1\n\n'),
        ended('data: 2\n\n'),
        ended('data: 3\n\n'),
        last,
      ])
      await events.until('message:last')
      equal(
        events.messages().map(({ data }) => data),
        ['1', '2', '3', 'last'],
        'messages',
      )
    },
  },
  {
    name: 'extras: lastEventId and reconnectionTime',
    ours: true,
    async run(context) {
      const { source, events } = context.open([
        { body: ['retry: 1234\nid: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\n\n'] },
      ])
      const ids: string[] = []
      source.addEventListener('message', () => ids.push(source.lastEventId))
      equal([source.lastEventId, source.reconnectionTime], ['', 3_000], 'at first')
      await events.until('message:b')
      await wait(20)
      equal([ids, source.lastEventId, source.reconnectionTime], [['1', '2'], '3', 1234], 'afterwards')
    },
  },
]
