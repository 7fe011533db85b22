import { type EventSourceCase, isBrowser, Recorder, wait } from '../context.ts'
import { equal, ok } from '../expect.ts'

function hasBlobUrls(): boolean {
  try {
    URL.revokeObjectURL(URL.createObjectURL(new Blob()))
    return true
  } catch {
    // workerd has the function, which throws.
    return false
  }
}

const typed = (type: string | string[]): { headers: Record<string, string | string[]> } => ({
  headers: { 'content-type': type },
})

const accepted = [
  'text/event-stream',
  'TEXT/Event-Stream',
  'text/event-stream;charset=utf-8',
  'text/event-stream; charset="windows-1251"',
  'text/event-stream;',
  'text/event-stream;bogus',
  'text/event-stream ; a=b',
  'text/plain, text/event-stream',
  'text/event-stream, text/event-stream',
  'text/event-stream, nonsense',
  'text/event-stream; a="b, text/html"',
]
const refused = [
  'text/plain',
  'text/html',
  'text/event-streams',
  'text/event-stream/x',
  'text /event-stream',
  'x',
  '',
  'text/event-stream, text/html',
  'application/json',
]
const failing = [201, 202, 203, 204, 205, 206, 304, 400, 401, 403, 404, 410, 429, 500, 502, 503]

// None of them can be fetched, now or later. A browser knows more that it would be futile to ask for again.
const unfetchable = [
  'ftp://example.test/',
  'about:blank',
  'javascript:0',
  'mailto:a@example.test',
  'ws://127.0.0.1:9/',
  'file:///stream',
  'nonsense:x',
]

export const connecting: EventSourceCase[] = [
  ...unfetchable.map((url) => ({
    name: `scheme ${url.slice(0, url.indexOf(':'))}: fails for good, with a plain event`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const source = context.connect(url)
      const events = await new Recorder(source).count(1)
      equal([events.log, source.readyState, source.url], [['error:2'], 2, url], 'events')
      ok(!(events.all[0]?.event instanceof MessageEvent), 'class')
    },
  })),
  {
    name: 'scheme data: read to its end, of no origin',
    async run(context) {
      const events = await new Recorder(
        context.connect('data:text/event-stream;charset=utf-8,id:%207%0Adata:%20%C3%A9%0A%0A'),
      ).until('error:0')
      equal(events.log, ['open', 'message:é', 'error:0'], 'events')
      equal([events.messages()[0]?.origin, events.messages()[0]?.lastEventId], ['null', '7'], 'message')
    },
  },
  {
    name: 'scheme data: of another type fails for good',
    async run(context) {
      for (const url of ['data:text/plain,data:%20x%0A%0A', 'data:,data:%20x%0A%0A']) {
        const events = await new Recorder(context.connect(url)).count(1)
        equal(events.log, ['error:2'], url)
      }
    },
  },
  {
    name: 'scheme blob: read to its end, of the origin that made it',
    applies: hasBlobUrls,
    async run(context) {
      const url = URL.createObjectURL(new Blob(['data: x\n\n'], { type: 'text/event-stream' }))
      const events = await new Recorder(context.connect(url)).until('error:0')
      equal(events.log, ['open', 'message:x', 'error:0'], 'events')
      equal(events.messages()[0]?.origin, new URL(url).origin, 'origin')
    },
  },
  {
    name: 'scheme blob: of another type fails for good',
    applies: hasBlobUrls,
    async run(context) {
      const url = URL.createObjectURL(new Blob(['data: x\n\n'], { type: 'text/plain' }))
      const events = await new Recorder(context.connect(url)).count(1)
      equal(events.log, ['error:2'], 'events')
    },
  },
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
    name: 'request: anew for each source, whatever may be stored',
    async run(context) {
      const headers = { 'content-type': 'text/event-stream', 'cache-control': 'public, max-age=3600' }
      const stream = context.plan([
        { headers, body: ['data: 1\n\n'], after: 'end' },
        { headers, body: ['data: 2\n\n'] },
      ])
      for (const data of ['1', '2']) {
        const source = context.connect(stream.url)
        await new Recorder(source).until(`message:${data}`)
        source.close()
      }
    },
  },
  {
    name: 'request: without the fragment',
    async run(context) {
      const stream = context.plan([{ body: ['data: x\n\n'] }])
      const source = context.connect(`${stream.url}#fragment`)
      const events = await new Recorder(source).until('message:x')
      equal([source.url, events.messages()[0]?.origin], [`${stream.url}#fragment`, context.base], 'url')
      equal((await stream.seen()).length, 1, 'requests')
    },
  },
  {
    name: 'request: to another origin, which is that of the messages',
    async run(context) {
      const stream = context.plan([{ body: ['data: x\n\n'] }], context.otherBase)
      const events = await new Recorder(context.connect(stream.url)).until('message:x')
      equal([events.log, events.messages()[0]?.origin], [['open', 'message:x'], context.otherBase], 'events')
    },
  },
  {
    name: 'request: to another origin that does not allow it, nothing is read',
    applies: isBrowser,
    async run(context) {
      const denials = [
        { 'access-control-allow-origin': 'https://example.test' },
        { 'access-control-allow-origin': '*' },
      ]
      for (const denial of denials) {
        const stream = context.plan(
          [{ headers: { 'content-type': 'text/event-stream', ...denial }, body: ['data: x\n\n'] }],
          context.otherBase,
        )
        const source = context.connect(stream.url, { withCredentials: true })
        const events = await new Recorder(source).count(1)
        // The standard leaves it to the browser whether that is futile. A script is not told from a network error.
        ok(events.log[0]?.startsWith('error:'), 'events')
        source.close()
      }
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
  {
    name: 'type accepted: repeated',
    async run(context) {
      const { events } = context.open([{ ...typed(['text/plain', 'text/event-stream']), body: ['data: 1\n\n'] }])
      await events.count(2)
      equal(events.log, ['open', 'message:1'], 'events')
    },
  },
  ...refused.map((type) => ({
    name: `type refused: ${type || 'empty'}`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      const { source, events } = context.open([
        { ...typed(type), body: ['retry: 1\ndata: x\n\n'], after: 'end' as const },
      ])
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
      const { source, events, stream } = context.open([
        { status, headers: { 'content-type': 'text/event-stream' }, after: 'end' as const },
      ])
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
      const { source, events, stream } = context.open([
        { status, headers: { location: target.url }, after: 'end' as const },
      ])
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
      const { events } = context.open([
        { status: 302, headers: { location: target.url.slice(context.base.length) }, after: 'end' },
      ])
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
    name: 'redirect: to what is not of the web is a network error',
    async run(context) {
      for (const location of ['data:text/event-stream,data:%20x%0A%0A', 'about:blank']) {
        const { source, events } = context.open([{ status: 302, headers: { location }, after: 'end' }])
        await events.count(1)
        ok(events.log[0]?.startsWith('error:'), location)
        source.close()
      }
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
      const cookie = {
        status: 200,
        headers: { 'set-cookie': 'holdfast=1', 'content-type': 'text/plain' },
        after: 'end' as const,
      }
      await fetch(context.plan([cookie], context.otherBase).url, { credentials: 'include' })
      for (const withCredentials of [false, true]) {
        const stream = context.plan([{}], context.otherBase)
        const source = context.connect(stream.url, { withCredentials })
        await new Promise((resolve) => (source.onopen = resolve))
        const [request] = await stream.seen()
        equal(
          request?.headers['cookie'],
          withCredentials ? 'holdfast=1' : undefined,
          `withCredentials ${withCredentials}`,
        )
      }
    },
  },
]
