import { type EventSourceCase, wait } from '../context.ts'
import { equal, ok } from '../expect.ts'

const isBrowser = (): boolean => 'document' in globalThis
const typed = (type: string | string[]): { headers: Record<string, string | string[]> } => ({ headers: { 'content-type': type } })

const accepted = [
  'text/event-stream',
  'TEXT/Event-Stream',
  'text/event-stream;charset=utf-8',
  'text/event-stream; charset="windows-1251"',
  'text/event-stream;',
  'text/event-stream;bogus',
  'text/event-stream ; a=b',
  'text/plain, text/event-stream',
]
const refused = ['text/plain', 'text/html', 'text/event-streams', 'text/event-stream/x', 'text /event-stream', 'x', '', 'text/event-stream, text/html', 'application/json']
const failing = [201, 202, 203, 204, 205, 206, 304, 400, 401, 403, 404, 410, 429, 500, 502, 503]

export const connecting: EventSourceCase[] = [
  {
    name: 'request: a GET that accepts event streams and no stored one',
    async run(context) {
      const { events, stream } = context.open([{}])
      await events.until('open')
      const [{ method, headers } = { method: '', headers: {} as Record<string, string> }] = await stream.seen()
      equal(method, 'GET', 'method')
      equal(headers['accept'], 'text/event-stream', 'accept')
      equal(headers['cache-control'], 'no-cache', 'cache-control')
      equal('last-event-id' in headers, false, 'last-event-id')
    },
  },
  {
    name: 'open: a plain event once the head is there',
    async run(context) {
      const { source, events } = context.open([{}])
      await events.count(1)
      const [{ event, state } = { event: undefined, state: 0 }] = events.all
      equal([event?.type, state, source.readyState], ['open', 1, 1], 'event')
      ok(event instanceof Event && !(event instanceof MessageEvent), 'class')
      equal([event?.bubbles, event?.cancelable, event?.target === source], [false, false, true], 'flags')
    },
  },
  {
    name: 'open: the events are trusted',
    async run(context) {
      const { events } = context.open([{}])
      await events.count(1)
      equal(events.all[0]?.event.isTrusted, true, 'isTrusted')
    },
  },
  ...accepted.map((type) => ({
    name: `type accepted: ${type}`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { events } = context.open([{ ...typed(type), body: ['data: é\n\n'] }])
      await events.count(2)
      equal(events.log, ['open', 'message:é'], 'events')
    },
  })),
  ...refused.map((type) => ({
    name: `type refused: ${type || 'empty'}`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { source, events } = context.open([{ ...typed(type), body: ['retry: 1\ndata: x\n\n'], after: 'end' as const }])
      await events.count(1)
      await wait(100)
      equal([events.log, source.readyState], [['error:2'], 2], 'events')
    },
  })),
  {
    name: 'type refused: none at all',
    async run(context) {
      const { events } = context.open([{ headers: {}, body: ['data: x\n\n'] }])
      await events.count(1)
      equal(events.log, ['error:2'], 'events')
    },
  },
  ...failing.map((status) => ({
    name: `status ${status}: fails for good`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { source, events, stream } = context.open([{ status, headers: { 'content-type': 'text/event-stream' }, after: 'end' as const }])
      await events.count(1)
      await wait(150)
      equal([events.log, source.readyState], [['error:2'], 2], 'events')
      equal((await stream.seen()).length, 1, 'requests')
    },
  })),
  {
    name: 'fail: a plain event, and the connection is gone',
    async run(context) {
      const { source, events } = context.open([{ ...typed('text/html'), body: ['x'] }])
      await events.count(1)
      const event = events.all[0]?.event
      ok(event instanceof Event && !(event instanceof MessageEvent), 'class')
      equal([event?.bubbles, event?.cancelable, event?.target === source], [false, false, true], 'flags')
    },
  },
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `redirect ${status}: followed; origin and url`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const target = context.plan([{ body: ['data: x\n\n'] }], context.otherBase)
      const { source, events, stream } = context.open([{ status, headers: { location: target.url }, after: 'end' as const }])
      await events.count(2)
      equal(events.log, ['open', 'message:x'], 'events')
      equal(events.messages()[0]?.origin, context.otherBase, 'origin')
      equal(source.url, stream.url, 'url')
    },
  })),
  {
    name: 'redirect: relative, within the origin',
    async run(context) {
      const target = context.plan([{ body: ['data: x\n\n'] }])
      const { events } = context.open([{ status: 302, headers: { location: target.url.slice(context.base.length) }, after: 'end' }])
      await events.count(2)
      equal(events.messages()[0]?.origin, context.base, 'origin')
    },
  },
  {
    name: 'redirect: to what is no event stream fails',
    async run(context) {
      const target = context.plan([{ status: 404, after: 'end' }])
      const { events } = context.open([{ status: 302, headers: { location: target.url }, after: 'end' }])
      await events.count(1)
      equal(events.log, ['error:2'], 'events')
    },
  },
  {
    name: 'redirect: a reconnection begins at the first URL again',
    async run(context) {
      const target = context.plan([{ body: ['retry: 50\ndata: x\n\n'], after: 'end' }], context.otherBase)
      const { events, stream } = context.open([{ status: 301, headers: { location: target.url }, after: 'end' }])
      await events.count(5)
      equal(events.log.slice(0, 5), ['open', 'message:x', 'error:0', 'open', 'message:x'], 'events')
      ok((await stream.seen()).length >= 2 || isBrowser(), 'requests')
    },
  },
  {
    name: 'credentials: sent across origins only when asked for',
    applies: isBrowser,
    async run(context) {
      const cookie = { status: 200, headers: { 'set-cookie': 'holdfast=1', 'content-type': 'text/plain' }, after: 'end' as const }
      await fetch(context.plan([cookie], context.otherBase).url, { credentials: 'include' })
      for (const withCredentials of [false, true]) {
        const stream = context.plan([{}], context.otherBase)
        const source = context.connect(stream.url, { withCredentials })
        await new Promise((resolve) => (source.onopen = resolve))
        const [request] = await stream.seen()
        equal(request?.headers['cookie'], withCredentials ? 'holdfast=1' : undefined, `withCredentials ${withCredentials}`)
      }
    },
  },
]
