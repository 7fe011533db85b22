import type { EventSourceErrorEvent } from '@holdfast/core/client'
import { type Context, type EventSourceCase, eventually, Recorder, wait } from '../context.ts'
import { equal, ok } from '../expect.ts'
import type { Answer, Piece } from '../plan.ts'

// What a server can send that must neither end an event source, nor make it ask in a loop, nor be kept without a bound.

const last: Answer = { body: ['data: last\n\n'] }
const type = { 'content-type': 'text/event-stream' }

// The ID, in pieces, and whether it can be a header.
const ids: [name: string, pieces: Piece[], isSent: boolean][] = [
  ['a control character', ['a\x01b'], false],
  ['DEL', ['a\x7fb'], false],
  ['an escape', ['\x1b[2J'], false],
  ['of 4 KiB', [{ repeat: 'x', times: 4_096 }], true],
  ['of 4 KiB and a byte', [{ repeat: 'x', times: 4_097 }], false],
  ['of 17 KB', [{ repeat: 'x', times: 17_000 }], false],
  ['of 17 KB, not ASCII', [{ repeat: 'é', times: 8_500 }], false],
  ['of 200 KB', [{ repeat: 'x', times: 200_000 }], false],
  ['of 10 MB', [{ repeat: 'x', times: 10_000_000 }], false],
]

const passing: [name: string, pieces: Piece[]][] = [
  ['keep-alives', [{ repeat: ': keep-alive\r\n', times: 1_300_000 }]],
  ['fields nobody knows', [{ repeat: 'nobody: knows this\n', times: 1_000_000 }]],
  ['ids and types that take the place of others', [{ repeat: 'id: 1\nevent: message\n', times: 850_000 }]],
  ['one comment without an end', [':', { repeat: 'x', times: 17_000_000 }, '\n']],
  ['one field nobody knows without an end', ['x:', { repeat: 'x', times: 17_000_000 }, '\n']],
]

const tooLarge: [name: string, pieces: Piece[]][] = [
  ['a line of data', ['data:', { repeat: 'x', times: 17_000_000 }]],
  ['lines of data', [{ repeat: 'data: 0123456789\n', times: 1_600_000 }]],
  ['an id', ['id:', { repeat: 'x', times: 17_000_000 }]],
  ['a type', ['event:', { repeat: 'x', times: 17_000_000 }]],
]

/** The first error event. */
async function firstError(events: Recorder): Promise<EventSourceErrorEvent> {
  for (let waits = 0; !events.log.some((entry) => entry.startsWith('error')) && waits < 400; waits++) await wait(100)
  return events.all.find(({ event }) => event.type === 'error')?.event as EventSourceErrorEvent
}

async function said(context: Context, answer: Answer): Promise<unknown[]> {
  const { source, events } = context.open([answer])
  const { status, cause } = await firstError(events)
  return [source.readyState, status, cause instanceof Error ? cause.name : cause]
}

export const hostile: EventSourceCase[] = [
  ...ids.map(([name, pieces, isSent]) => ({
    name: `hostile id: ${name}`,
    ours: true,
    async run(context: Context) {
      const body: Piece[] = ['retry: 50\nid: ', ...pieces, '\ndata: 1\n\n']
      const { source, events, stream } = context.open([{ body, after: 'end' }, last])
      await events.until('message:last')
      equal(events.log, ['open', 'message:1', 'error:0', 'open', 'message:last'], 'events')
      const { headers } = (await stream.seen())[1] ?? {}
      equal(headers?.['last-event-id'] !== undefined, isSent, 'header')
      if (isSent) equal(headers?.['last-event-id'], source.lastEventId, 'id')
      ok(source.lastEventId !== '', 'it is remembered')
    },
  })),
  ...passing.map(([name, pieces]) => ({
    name: `hostile: 16 MiB of ${name} are nothing`,
    ours: true,
    async run(context: Context) {
      const { events } = context.open([{ body: ['data: 1\n\n', ...pieces, 'data: 2\n\n'] }])
      // workerd reads 4 KB at a time, and the machine may be busy.
      for (let waits = 0; events.all.length < 3 && waits < 400; waits++) await wait(100)
      equal(events.log, ['open', 'message:1', 'message:2'], 'events')
    },
  })),
  ...tooLarge.map(([name, pieces]) => ({
    name: `hostile: ${name} of 16 MiB and more is final`,
    ours: true,
    async run(context: Context) {
      const { events } = context.open([{ body: ['data: 1\n\n', ...pieces, '\n\ndata: 2\n\n'] }])
      const { status, cause } = await firstError(events)
      equal(events.log, ['open', 'message:1', 'error:2'], 'events')
      equal([status, (cause as { code?: unknown }).code], [200, 'event-too-large'], 'error')
    },
  })),
  {
    name: 'hostile: retry: 0 and one event a connection is no busy loop',
    ours: true,
    async run(context) {
      const { stream } = context.open([{ body: ['retry: 0\ndata: 1\n\n'], after: 'end' }])
      await eventually('four requests', async () => (await stream.seen()).length > 3)
      const seen = await stream.seen()
      const waits = seen.slice(1).map(({ at }, index) => at - (seen[index]?.at ?? 0))
      ok(Math.min(...waits) > 80, `waits of ${waits.join(' and ')} ms`)
    },
  },
  {
    name: 'hostile: a URL with a password is final at once, whatever the runtime makes of it',
    ours: true,
    async run(context) {
      const source = context.connect('http://user:secret@127.0.0.1:9/')
      const error = await firstError(new Recorder(source))
      equal([source.readyState, error.status, error.cause instanceof Error], [2, undefined, true], 'error')
    },
  },
  {
    name: 'hostile: a body that is no web stream is final at once',
    ours: true,
    async run(context) {
      const response = { status: 200, type: 'default', url: '', headers: new Headers(type), body: {} }
      const source = context.connect('https://example.test/', {
        fetch: () => Promise.resolve(response as unknown as Response),
      })
      const error = await firstError(new Recorder(source))
      equal([source.readyState, error.status, error.cause instanceof TypeError], [2, 200, true], 'error')
    },
  },
  {
    name: 'error: says the status of a refusal, and why',
    ours: true,
    async run(context) {
      equal(await said(context, { status: 404, after: 'end' }), [2, 404, 'TypeError'], '404')
      equal(await said(context, { status: 204, after: 'end' }), [2, 204, 'TypeError'], '204')
      equal(
        await said(context, { headers: { 'content-type': 'text/html' }, after: 'end' }),
        [2, 200, 'TypeError'],
        'type',
      )
    },
  },
  {
    name: 'error: has no cause at the end of a stream, and one at a network error',
    ours: true,
    async run(context) {
      equal(await said(context, { body: ['data: 1\n\n'], after: 'end' }), [0, 200, undefined], 'end')
      const source = context.connect('http://127.0.0.1:9/')
      const error = await firstError(new Recorder(source))
      equal([source.readyState, error.status, error.cause instanceof Error], [0, undefined, true], 'refused')
    },
  },
]
