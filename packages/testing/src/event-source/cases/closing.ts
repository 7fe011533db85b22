import { type EventSourceCase, eventually, wait } from '../context.ts'
import { equal } from '../expect.ts'

export const closing: EventSourceCase[] = [
  {
    name: 'close: at once, returns nothing, and may be called again',
    run(context) {
      const source = context.quiet()
      equal(
        [source.close(), source.readyState, source.close(), source.readyState],
        [undefined, 2, undefined, 2],
        'close',
      )
    },
  },
  {
    name: "close: in the constructor's turn, no event ever",
    async run(context) {
      const { source, events } = context.open([{ body: ['data: x\n\n'], after: 'end' }])
      source.close()
      await wait(200)
      equal([events.log, source.readyState], [[], 2], 'events')
    },
  },
  {
    name: 'close: before the head came, the request is given up',
    async run(context) {
      const { source, events, stream } = context.open([{ instead: 'nothing' }])
      await eventually('the request', async () => (await stream.seen()).length === 1)
      source.close()
      await eventually('the connection to close', async () => (await stream.seen())[0]?.closedAt !== undefined)
      equal(events.log, [], 'events')
    },
  },
  {
    name: 'close: when open, the socket is closed, and no event tells of it',
    async run(context) {
      const { source, events, stream } = context.open([{ body: ['data: 1\n\n', 400, 'data: 2\n\n'] }])
      await events.until('message:1')
      source.close()
      await eventually('the connection to close', async () => (await stream.seen())[0]?.closedAt !== undefined)
      await wait(500)
      equal([events.log, source.readyState], [['open', 'message:1'], 2], 'events')
    },
  },
  {
    name: 'close: in a message handler, none of those parsed already is dispatched',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\ndata: 2\n\ndata: 3\n\n'], after: 'end' }])
      source.addEventListener('message', ({ data }) => data === '2' && source.close())
      await events.until('message:2')
      await wait(200)
      equal(events.log, ['open', 'message:1', 'message:2'], 'events')
    },
  },
  {
    name: 'close: in a listener, the others still get that event',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\ndata: 2\n\n'] }], ['open'])
      const calls: string[] = []
      source.onmessage = () => source.close()
      source.addEventListener('message', ({ data }) => calls.push(data))
      await events.count(1)
      await wait(200)
      equal(calls, ['1'], 'calls')
    },
  },
  {
    name: 'close: in onopen, no message',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\n'], after: 'end' }])
      source.onopen = () => source.close()
      await events.until('open')
      await wait(200)
      equal(events.log, ['open'], 'events')
    },
  },
  {
    name: 'close: while messages wait for their turn, from another task',
    async run(context) {
      const { source, events } = context.open([{ body: [{ repeat: 'data: x\n\n', times: 2_000 }], after: 'end' }])
      const seen = await new Promise<number>((resolve) => {
        source.onmessage = () => {
          source.onmessage = null
          setTimeout(() => resolve((source.close(), events.log.length)))
        }
      })
      await wait(200)
      equal([events.log.length, source.readyState], [seen, 2], 'events')
    },
  },
  {
    name: 'close: after it failed, and what is set then is not called',
    async run(context) {
      const { source, events } = context.open([{ status: 404, after: 'end' }])
      await events.until('error:2')
      let calls = 0
      source.onerror = () => calls++
      source.close()
      await wait(100)
      equal([calls, events.log, source.readyState], [0, ['error:2'], 2], 'events')
    },
  },
  {
    name: 'close: the last event ID remains that of the last message',
    ours: true,
    async run(context) {
      const { source, events } = context.open([{ body: ['id: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\n\n'] }])
      source.onmessage = () => source.close()
      await events.until('message:1')
      await wait(50)
      equal([events.log, source.lastEventId], [['open', 'message:1'], '1'], 'last event ID')
    },
  },
  {
    name: 'close: in onerror, no reconnection',
    async run(context) {
      const { source, events, stream } = context.open([{ body: ['retry: 50\n\n'], after: 'end' }])
      source.onerror = () => source.close()
      await events.until('error:2').catch(() => events.until('error:0'))
      await wait(300)
      equal([events.log.length, source.readyState, (await stream.seen()).length], [2, 2, 1], 'state')
    },
  },
  {
    name: 'close: while waiting, no reconnection',
    async run(context) {
      const { source, events, stream } = context.open([{ body: ['retry: 200\n\n'], after: 'end' }])
      await events.until('error:0')
      equal(source.readyState, 0, 'waiting')
      source.close()
      await wait(500)
      equal([events.log, source.readyState, (await stream.seen()).length], [['open', 'error:0'], 2, 1], 'state')
    },
  },
]
