import { type EventSourceCase, Recorder, wait } from '../context.ts'
import { equal, ok, throws } from '../expect.ts'

// Not in the standard: EventSource.fromReadableStream.

const encoder = new TextEncoder()

interface Held {
  stream: ReadableStream<Uint8Array>
  controller: ReadableStreamDefaultController<Uint8Array>
  cancelled: () => boolean
}

function hold(...texts: string[]): Held {
  let held: ReadableStreamDefaultController<Uint8Array> | undefined
  let cancelled = false
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      held = controller
      for (const text of texts) controller.enqueue(encoder.encode(text))
    },
    cancel: () => void (cancelled = true),
  })
  return { stream, controller: held as ReadableStreamDefaultController<Uint8Array>, cancelled: () => cancelled }
}

export const readableStream: EventSourceCase[] = [
  {
    name: 'stream: its source, from connecting to open',
    ours: true,
    async run(context) {
      const { stream } = hold('id: 1\ndata: a\n\n')
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      ok(source instanceof context.EventSource, 'class')
      equal([source.url, source.withCredentials, source.readyState], ['about:event-stream', false, 0], 'attributes')
      const events = await new Recorder(source).until('message:a')
      equal([events.log, source.readyState], [['open', 'message:a'], 1], 'events')
      const [event] = events.messages()
      equal([event?.origin, event?.lastEventId, source.lastEventId], ['null', '1', '1'], 'message')
    },
  },
  {
    name: 'stream: at its end an error event, and closed',
    ours: true,
    async run(context) {
      const { stream, controller } = hold('retry: 1\ndata: a\n\n')
      controller.close()
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      const events = await new Recorder(source).until('error:2')
      await wait(50)
      equal([events.log, source.readyState], [['open', 'message:a', 'error:2'], 2], 'events')
    },
  },
  {
    name: 'stream: at its error an error event, and closed',
    ours: true,
    async run(context) {
      const { stream, controller } = hold()
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      const events = await new Recorder(source).until('open')
      controller.error(new Error('broken'))
      await events.until('error:2')
      equal(events.log, ['open', 'error:2'], 'events')
    },
  },
  {
    name: 'stream: at an error that is nothing, the same',
    ours: true,
    async run(context) {
      const { stream, controller } = hold('data: a\n\n')
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      const events = await new Recorder(source).until('message:a')
      controller.error(null)
      await events.until('error:2')
      equal(events.log, ['open', 'message:a', 'error:2'], 'events')
    },
  },
  {
    name: 'stream: close cancels it',
    ours: true,
    async run(context) {
      const { stream, cancelled } = hold('data: a\n\ndata: b\n\n')
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      const events = new Recorder(source)
      source.onmessage = () => source.close()
      await events.until('message:a')
      await wait(20)
      equal([cancelled(), events.log], [true, ['open', 'message:a']], 'closed')
    },
  },
  {
    name: 'stream: close before it opened cancels it, too',
    ours: true,
    async run(context) {
      const { stream, cancelled } = hold('data: a\n\n')
      const source = context.EventSource.fromReadableStream(stream)
      const events = new Recorder(source)
      source.close()
      await wait(20)
      equal([cancelled(), events.log, source.readyState], [true, [], 2], 'closed')
    },
  },
  {
    name: 'stream: a locked one is a TypeError, as is what is no stream',
    ours: true,
    run({ EventSource }) {
      const { stream } = hold()
      stream.getReader()
      throws(() => EventSource.fromReadableStream(stream), 'TypeError', 'locked')
      throws(
        () => EventSource.fromReadableStream(undefined as unknown as ReadableStream<Uint8Array>),
        'TypeError',
        'undefined',
      )
      throws(() => EventSource.fromReadableStream({} as unknown as ReadableStream<Uint8Array>), 'TypeError', 'object')
    },
  },
  {
    name: 'stream: locked from the first',
    ours: true,
    run(context) {
      const { stream } = hold()
      context.keep(context.EventSource.fromReadableStream(stream))
      equal(stream.locked, true, 'locked')
    },
  },
  {
    name: 'stream: an event over the limit closes it, after those before',
    ours: true,
    async run(context) {
      const { stream } = hold('data: a\n\n', `data: ${'x'.repeat(17 * 1024 * 1024)}\n\n`)
      const source = context.keep(context.EventSource.fromReadableStream(stream))
      const events = await new Recorder(source).until('error:2')
      equal(events.log, ['open', 'message:a', 'error:2'], 'events')
    },
  },
]
