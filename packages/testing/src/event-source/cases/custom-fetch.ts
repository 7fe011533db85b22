import type { EventSourceFetchInit } from '@holdfast/core/client'
import { type EventSourceCase, Recorder, wait } from '../context.ts'
import { equal, ok } from '../expect.ts'

// Not in the standard: init.fetch.

const type = { 'content-type': 'text/event-stream' }
const encoder = new TextEncoder()

/** A body that stays open, and tells when it was cancelled. */
function openBody(text: string): { body: ReadableStream<Uint8Array>; cancelled: () => boolean } {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(text)),
    cancel: () => void (cancelled = true),
  })
  return { body, cancelled: () => cancelled }
}

export const customFetch: EventSourceCase[] = [
  {
    name: 'fetch: called for each connection, with what the standard asks',
    ours: true,
    async run(context) {
      const calls: [url: string, init: EventSourceFetchInit][] = []
      const stream = context.plan([{ body: ['retry: 50\nid: é\ndata: 1\n\n'], after: 'end' }, {}])
      const events = new Recorder(
        context.connect(stream.url, {
          withCredentials: true,
          fetch: (url, init) => {
            calls.push([url, init])
            return fetch(url, { ...init, headers: { ...init.headers, 'Last-Event-ID': 'mine' } })
          },
        }),
      )
      await events.count(4)
      equal(
        calls.map(([url, { mode, credentials }]) => [url, mode, credentials]),
        [
          [stream.url, 'cors', 'include'],
          [stream.url, 'cors', 'include'],
        ],
        'calls',
      )
      equal(
        calls.map(([, { headers }]) => headers['Accept']),
        ['text/event-stream', 'text/event-stream'],
        'accept',
      )
      equal(
        [calls[0]?.[1].headers['Last-Event-ID'], calls[1]?.[1].headers['Last-Event-ID'] !== undefined],
        [undefined, true],
        'last-event-id',
      )
      ok(
        calls.every(([, { signal }]) => signal instanceof AbortSignal),
        'signal',
      )
      equal(
        (await stream.seen()).map(({ headers }) => headers['last-event-id']),
        ['mine', 'mine'],
        'sent',
      )
    },
  },
  {
    name: 'fetch: a rejection and a throw are network errors, an AbortError ends it',
    ours: true,
    async run(context) {
      const answers = [
        () => Promise.resolve(new Response('retry: 20\ndata: 1\n\n', { headers: type })),
        () => Promise.reject(new TypeError('no network')),
        () => {
          throw new Error('thrown')
        },
        () => Promise.resolve(Response.error()),
        () => Promise.reject(new DOMException('enough', 'AbortError')),
      ]
      const source = context.connect('http://example.test/', {
        fetch: () => answers.shift()?.() ?? Promise.reject(new Error('none left')),
      })
      const events = new Recorder(source)
      await events.until('error:2')
      equal(events.log, ['open', 'message:1', 'error:0', 'error:0', 'error:0', 'error:0', 'error:2'], 'events')
    },
  },
  {
    name: 'fetch: a rejection with nothing is a network error, too',
    ours: true,
    async run(context) {
      const nothing = undefined as unknown as Error
      const answers = [
        () => Promise.reject(nothing),
        () =>
          Promise.resolve(
            new Response(new ReadableStream({ start: (controller) => controller.error(null) }), { headers: type }),
          ),
        () => Promise.reject(new DOMException('enough', 'AbortError')),
      ]
      const source = context.connect('http://example.test/', {
        fetch: () => answers.shift()?.() ?? Promise.reject(nothing),
      })
      const events = await new Recorder(source).until('error:2')
      equal(events.log, ['error:0', 'open', 'error:0', 'error:2'], 'events')
    },
  },
  {
    name: 'fetch: called whatever the scheme',
    ours: true,
    async run(context) {
      const { body } = openBody('data: 1\n\n')
      const source = context.connect('unix:/run/events', {
        fetch: () => Promise.resolve(new Response(body, { headers: type })),
      })
      const events = await new Recorder(source).until('message:1')
      equal([events.log, events.messages()[0]?.origin], [['open', 'message:1'], 'null'], 'events')
    },
  },
  {
    name: 'fetch: a response without a URL has the origin of the request',
    ours: true,
    async run(context) {
      const { body } = openBody('data: 1\n\n')
      const source = context.connect('https://example.test:8443/a', {
        fetch: () => Promise.resolve(new Response(body, { headers: type })),
      })
      const events = await new Recorder(source).until('message:1')
      equal(events.messages()[0]?.origin, 'https://example.test:8443', 'origin')
    },
  },
  {
    name: 'fetch: a response without a body has ended',
    ours: true,
    async run(context) {
      const source = context.connect('http://example.test/', {
        fetch: () => Promise.resolve(new Response(null, { headers: type })),
      })
      const events = await new Recorder(source).until('error:0')
      equal(events.log, ['open', 'error:0'], 'events')
    },
  },
  {
    name: 'fetch: close aborts its signal, and cancels the body of one that ignores it',
    ours: true,
    async run(context) {
      const { body, cancelled } = openBody('data: 1\n\n')
      let signal: AbortSignal | undefined
      const source = context.connect('http://example.test/', {
        fetch: (_url, init) => {
          signal = init.signal
          return Promise.resolve(new Response(body, { headers: type }))
        },
      })
      await new Recorder(source).until('message:1')
      source.close()
      await wait(20)
      equal([signal?.aborted, cancelled()], [true, true], 'closed')
    },
  },
  {
    name: 'fetch: what comes after close is cancelled',
    ours: true,
    async run(context) {
      const { body, cancelled } = openBody('data: 1\n\n')
      const source = context.connect('http://example.test/', {
        fetch: () => wait(50).then(() => new Response(body, { headers: type })),
      })
      const events = new Recorder(source)
      await wait(10)
      source.close()
      await wait(100)
      equal([cancelled(), events.log], [true, []], 'closed')
    },
  },
  {
    name: 'fetch: a refused response is cancelled',
    ours: true,
    async run(context) {
      const { body, cancelled } = openBody('no')
      const source = context.connect('http://example.test/', {
        fetch: () => Promise.resolve(new Response(body, { status: 404, headers: type })),
      })
      await new Recorder(source).until('error:2')
      await wait(20)
      equal(cancelled(), true, 'cancelled')
    },
  },
]
