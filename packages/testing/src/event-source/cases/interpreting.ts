import type { EventSourceCase } from '../context.ts'
import { equal, ok } from '../expect.ts'
import type { Piece } from '../plan.ts'

// WHATWG HTML, section 9.2.6 "Interpreting an event stream".

type Expected = string[]

/** Bodies, and the messages they make: `type:data`, with `#id` where the last event ID is not empty. */
const streams: [name: string, body: Piece[], expected: Expected][] = [
  ['LF', ['data: a\n\ndata: b\n\n'], ['message:a', 'message:b']],
  ['CRLF', ['data: a\r\n\r\ndata: b\r\n\r\n'], ['message:a', 'message:b']],
  ['CR', ['data: a\r\rdata: b\r\r', 'data: c\r\r:'], ['message:a', 'message:b', 'message:c']],
  ['mixed line ends', ['data: a\r\ndata: b\rdata: c\n\r\n', 'data: d\n\r'], ['message:a\nb\nc', 'message:d']],
  [
    'CRLF split between chunks',
    ['data: a\r', 60, '\ndata: b\r', 60, '\n\r', 60, '\ndata: c\r\n\r\n'],
    ['message:a\nb', 'message:c'],
  ],
  ['one byte at a time', [...'id: é\ndata: €\n\n'].flatMap((text): Piece[] => [text, 5]), ['message:€#é']],
  [
    'a character split between chunks',
    [{ bytes: [100, 97, 116, 97, 58, 0xe2, 0x82] }, 60, { bytes: [0xac, 10, 10] }],
    ['message:€'],
  ],
  [
    'a byte order mark, once',
    ['\ufeffdata: a\n\n\ufeffdata: b\n\ndata: \ufeffc\n\n'],
    ['message:a', 'message:\ufeffc'],
  ],
  ['two byte order marks', ['\ufeff\ufeffdata: a\n\ndata: b\n\n'], ['message:b']],
  [
    'a byte order mark split between chunks',
    [{ bytes: [0xef] }, 60, { bytes: [0xbb, 0xbf] }, 'data: a\n\n'],
    ['message:a'],
  ],
  ['invalid UTF-8', [{ bytes: [100, 97, 116, 97, 58, 0xff, 0xc3, 10, 10] }], ['message:\ufffd\ufffd']],
  [
    'one space after the colon goes',
    ['data:a\n\ndata: a\n\ndata:  a\n\ndata:\ta\n\n'],
    ['message:a', 'message:a', 'message: a', 'message:\ta'],
  ],
  ['several lines of data', ['data: a\ndata:\ndata: b\ndata\n\n'], ['message:a\n\nb\n']],
  ['no value', ['data\n\ndata\ndata\n\ndata:\n'], ['message:', 'message:\n']],
  ['colons in a value', ['data: a:b: c\n\n'], ['message:a:b: c']],
  ['NUL in data', ['data: \0a\n\n'], ['message:\0a']],
  ['comments', [':\n: x\ndata: a\n:data: b\n: \0\n:'.concat('\r\ndata: c\n\n')], ['message:a\nc']],
  [
    'unknown fields and other cases',
    ['Data: a\nDATA: b\n data: c\ndata : d\nfoo: e\ndata\0: f\ndata: g\n\n'],
    ['message:g'],
  ],
  ['blocks without data', ['event: x\n\n\n\nid: 1\n\ndata: a\n\n'], ['message:a#1']],
  ['types', ['event: x\ndata: a\n\ndata: b\n\nevent: y\nevent: x\ndata: c\n\n'], ['x:a', 'message:b', 'x:c']],
  [
    'an empty type',
    ['event: x\nevent\ndata: a\n\nevent:\ndata: b\n\nevent: \ndata: c\n\n'],
    ['message:a', 'message:b', 'message:c'],
  ],
  ['a type of a block without data is forgotten', ['event: x\n\ndata: a\n\n'], ['message:a']],
  [
    'types with spaces, and of the object',
    ['event:  x\ndata: a\n\nevent: __proto__\ndata: b\n\nevent: constructor\ndata: c\n\n'],
    [' x:a', '__proto__:b', 'constructor:c'],
  ],
  ['an id stays', ['id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n'], ['message:a#1', 'message:b#1', 'message:c#2']],
  ['an id after the data', ['data: a\nid: 1\n\n'], ['message:a#1']],
  [
    'an empty id resets',
    ['id: 1\ndata: a\n\nid\ndata: b\n\nid: 2\ndata: c\n\nid:\ndata: d\n\n'],
    ['message:a#1', 'message:b', 'message:c#2', 'message:d'],
  ],
  [
    'an id with NUL is ignored',
    ['id: 1\ndata: a\n\nid: \x002\ndata: b\n\nid: 3\nid: 4\0\ndata: c\n\n'],
    ['message:a#1', 'message:b#1', 'message:c#3'],
  ],
  ['an id of several bytes', ['id: é€😀\ndata: a\n\n'], ['message:a#é€😀']],
  ['an unfinished event at the end', ['data: a\n\ndata: b\n'], ['message:a']],
  ['an id with spaces and tabs', ['id:  a \t\ndata: x\n\n'], ['message:x# a \t']],
  [
    'separators that end no line',
    ['data: a\vb\fc\x85d\u2028e\u2029f\x1eg\n\n'],
    ['message:a\vb\fc\x85d\u2028e\u2029f\x1eg'],
  ],
  ['spaces make a line no blank one', ['data: a\n \n\t\ndata: b\n\n'], ['message:a\nb']],
  ['a field without a name', [':data: a\n: data: b\n\ndata: c\n\n'], ['message:c']],
  ['fields after the data', ['data: a\nevent: x\nid: 1\n\n'], ['x:a#1']],
  ['a long line', ['data: ', { repeat: 'x', times: 1_000_000 }, '\n\n'], [`message:${'x'.repeat(1_000_000)}`]],
  [
    'many events in a chunk',
    [{ repeat: 'data: x\n\n', times: 2_000 }],
    Array.from({ length: 2_000 }, () => 'message:x'),
  ],
]

const types = ['message', 'x', 'y', ' x', '__proto__', 'constructor', 'end']

export const interpreting: EventSourceCase[] = [
  ...streams.map(([name, body, expected]) => ({
    name: `stream: ${name}`,
    async run(context: Parameters<EventSourceCase['run']>[0]) {
      // What is unfinished must not swallow the end: it comes with the next connection.
      const last = { body: ['id\nevent: end\ndata: end\n\n'] }
      const { events } = context.open(
        [{ body: ['retry: 20\n\n'], after: 'end' as const }, { body, after: 'end' as const }, last],
        types,
      )
      await events.until('end:end')
      const messages = events
        .messages()
        .map(({ type, data, lastEventId }) => `${type}:${data}${lastEventId === '' ? '' : `#${lastEventId}`}`)
      equal(messages.slice(0, -1), expected, 'messages')
    },
  })),
  {
    name: 'stream: what another left unfinished is not of the next one',
    async run(context) {
      const first = [
        'retry: 20\nid: 1\ndata: a\n\nid: 2\nevent: x\ndata: b\r',
        { bytes: [100, 97, 116, 97, 58, 0xe2, 0x82] },
      ]
      const second = [{ bytes: [0xef, 0xbb, 0xbf] }, 'data: c\n\n']
      const { events } = context.open(
        [{ body: first, after: 'end' }, { body: second, after: 'end' }, { body: ['\ndata: d\n\n'] }],
        types,
      )
      await events.until('message:d')
      equal(
        events.messages().map(({ type, data, lastEventId }) => `${type}:${data}#${lastEventId}`),
        ['message:a#1', 'message:c#1', 'message:d#1'],
        'messages',
      )
    },
  },
  {
    name: 'message: its class and fields',
    async run(context) {
      const { source, events } = context.open([{ body: ['id: 7\ndata: x\n\n'] }])
      await events.until('message:x')
      const [event] = events.messages()
      ok(event instanceof MessageEvent && event instanceof Event, 'class')
      equal([event?.data, event?.lastEventId, event?.origin, event?.source], ['x', '7', context.base, null], 'fields')
      equal(
        [event?.bubbles, event?.cancelable, event?.ports.length, event?.target === source],
        [false, false, 0, true],
        'flags',
      )
    },
  },
  {
    name: 'message: one of another type does not reach onmessage',
    async run(context) {
      const { source, events } = context.open([{ body: ['event: x\ndata: a\n\ndata: b\n\n'] }], ['message', 'x'])
      const calls: string[] = []
      source.onmessage = ({ data }) => calls.push(data)
      await events.until('message:b')
      equal(calls, ['b'], 'calls')
    },
  },
  {
    name: 'message: each is a task of its own, its promises settled before the next',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\ndata: 2\n\ndata: 3\n\n'] }])
      const order: string[] = []
      source.addEventListener('message', async ({ data }) => {
        order.push(`event ${data}`)
        for (let tick = 0; tick < 20; tick++) await Promise.resolve()
        order.push(`settled ${data}`)
      })
      await events.until('message:3')
      await new Promise((resolve) => setTimeout(resolve, 50))
      equal(order, ['event 1', 'settled 1', 'event 2', 'settled 2', 'event 3', 'settled 3'], 'order')
    },
  },
  {
    name: 'message: dispatched as it comes, not at the end',
    async run(context) {
      const { events, stream } = context.open([{ body: ['data: 1\n\n', { until: 'released' }, 'data: 2\n\n'] }])
      await events.until('message:1')
      await stream.release()
      await events.until('message:2')
    },
  },
]
