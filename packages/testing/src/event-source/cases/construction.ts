import type { EventSourceCase } from '../context.ts'
import { equal, ok, throws } from '../expect.ts'

const hasBase = (): boolean => typeof location !== 'undefined' && location !== undefined

export const construction: EventSourceCase[] = [
  {
    name: 'url: needed',
    run({ EventSource }) {
      throws(() => Reflect.construct(EventSource, []), 'TypeError', 'no arguments')
    },
  },
  {
    name: 'url: serialised, with its fragment',
    run(context) {
      const url = context.base.replace('http', 'HTTP')
      const source = context.connect(`${url}/a/../stream?a b#c`)
      equal(source.url, `${context.base}/stream?a%20b#c`, 'url')
    },
  },
  {
    name: 'url: of an object is its string',
    run(context) {
      const { url } = context.plan([{}])
      equal(context.connect(new URL(url)).url, url, 'URL')
      equal(context.connect({ toString: () => url } as unknown as string).url, url, 'object')
      const thrown = throws(
        () =>
          context.connect({
            toString: () => {
              throw new RangeError('mine')
            },
          } as unknown as string),
        'RangeError',
        'toString',
      )
      equal(thrown.message, 'mine', 'the error itself')
    },
  },
  {
    name: 'url: of an object is asked for as a string, once',
    run(context) {
      const { url } = context.plan([{}])
      const hints: string[] = []
      const object = { [Symbol.toPrimitive]: (hint: string) => (hints.push(hint), url) }
      equal(context.connect(object as unknown as string).url, url, 'url')
      equal(hints, ['string'], 'hints')
    },
  },
  {
    name: 'url: white space around it goes, control characters in it, too',
    run(context) {
      equal(context.connect(` \t${context.base}/str\nea\tm \r\n`).url, `${context.base}/stream`, 'url')
    },
  },
  {
    name: 'url: a symbol cannot be a string',
    run({ EventSource }) {
      throws(() => Reflect.construct(EventSource, [Symbol('url')]), 'TypeError', 'symbol')
    },
  },
  {
    name: 'url: a lone surrogate is replaced',
    run(context) {
      equal(context.connect(`${context.base}/stream?\ud800`).url, `${context.base}/stream?%EF%BF%BD`, 'url')
    },
  },
  {
    name: 'url: one that cannot be parsed is a SyntaxError',
    run({ EventSource }) {
      for (const url of ['http://127.0.0.1:99999/', 'http://[::1/', 'http://']) {
        const error = throws(() => new EventSource(url), 'SyntaxError', url)
        ok(error instanceof DOMException && error.code === 12, 'DOMException')
      }
    },
  },
  {
    name: 'url: relative to the base URL',
    applies: hasBase,
    run(context) {
      equal(context.connect('stream?x').url, new URL('stream?x', location.href).href, 'relative')
      equal(context.connect('').url, location.href, 'empty')
      equal(context.connect(undefined as unknown as string).url, new URL('undefined', location.href).href, 'undefined')
    },
  },
  {
    name: 'url: a relative one without a base URL is a SyntaxError',
    applies: () => !hasBase(),
    run({ EventSource }) {
      for (const url of ['/stream', '', undefined as unknown as string])
        throws(() => new EventSource(url), 'SyntaxError', url)
    },
  },
  {
    name: 'init: nothing, null, an object, a function',
    run(context) {
      const { url } = context.plan([{}])
      for (const init of [undefined, null, {}, () => {}, [], { withCredentials: undefined }]) {
        equal(context.connect(url, init as object).withCredentials, false, 'withCredentials')
      }
    },
  },
  {
    name: 'init: anything else is a TypeError',
    run({ EventSource, base }) {
      for (const init of [1, true, 'x', '', 1n, Symbol('init')]) {
        throws(() => Reflect.construct(EventSource, [base, init]), 'TypeError', typeof init)
      }
    },
  },
  {
    name: 'init: withCredentials becomes a boolean',
    run(context) {
      const { url } = context.plan([{}])
      for (const value of [true, 1, 'false', {}, Symbol('yes')]) {
        equal(context.connect(url, { withCredentials: value as boolean }).withCredentials, true, typeof value)
      }
      for (const value of [false, 0, '', null, NaN]) {
        equal(context.connect(url, { withCredentials: value as boolean }).withCredentials, false, typeof value)
      }
    },
  },
  {
    name: 'init: read once, after the url and before it is parsed',
    run(context) {
      const order: string[] = []
      const url = { toString: () => (order.push('url'), 'http://127.0.0.1:99999/') } as unknown as string
      const init = {
        get withCredentials(): boolean {
          order.push('withCredentials')
          return true
        },
      }
      throws(() => context.connect(url, init), 'SyntaxError', 'url')
      equal(order, ['url', 'withCredentials'], 'order')
      const failing = {
        get withCredentials(): boolean {
          throw new RangeError('mine')
        },
      }
      throws(() => context.connect('http://127.0.0.1:99999/', failing), 'RangeError', 'getter')
    },
  },
  {
    name: 'init: found in the prototype, too',
    run(context) {
      const { url } = context.plan([{}])
      equal(context.connect(url, Object.create({ withCredentials: true }) as object).withCredentials, true, 'inherited')
    },
  },
  {
    name: 'state: connecting, and no event before the constructor has returned',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\n'] }])
      equal(source.readyState, 0, 'readyState')
      await Promise.resolve()
      equal([source.readyState, events.log], [0, []], 'a microtask later')
      await events.until('message:1')
      equal(events.log, ['open', 'message:1'], 'events')
    },
  },
  {
    name: 'init: fetch must be callable',
    ours: true,
    run({ EventSource, base }) {
      for (const fetch of [null, 1, {}, 'fetch'])
        throws(() => Reflect.construct(EventSource, [base, { fetch }]), 'TypeError', typeof fetch)
    },
  },
]
