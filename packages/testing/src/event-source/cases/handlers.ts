import type { EventSourceCase } from '../context.ts'
import { equal, ok } from '../expect.ts'

// WHATWG HTML, section 8.1.8.1 "Event handlers".

const types = ['open', 'message', 'error'] as const

export const handlers: EventSourceCase[] = [
  {
    name: 'handler: null at first, and what was set',
    run(context) {
      const source = context.quiet()
      for (const type of types) {
        equal(source[`on${type}`], null, type)
        const handler = (): void => {}
        source[`on${type}`] = handler
        ok(source[`on${type}`] === handler, 'function')
        source[`on${type}`] = null
        equal(source[`on${type}`], null, 'null')
      }
    },
  },
  {
    name: 'handler: what is no object becomes null',
    run(context) {
      const source = context.quiet()
      for (const value of [undefined, 0, 1, '', 'x', true, Symbol('x'), 1n]) {
        source.onmessage = () => {}
        source.onmessage = value as unknown as null
        equal(source.onmessage, null, typeof value)
      }
    },
  },
  {
    name: 'handler: an object is kept and never called',
    run(context) {
      const source = context.quiet()
      let calls = 0
      const object = { handleEvent: () => calls++ }
      source.onopen = object as unknown as null
      ok((source.onopen as unknown) === object, 'kept')
      source.dispatchEvent(new Event('open'))
      equal(calls, 0, 'calls')
    },
  },
  {
    name: 'handler: keeps its place among the listeners when replaced',
    run(context) {
      const source = context.quiet()
      const calls: string[] = []
      source.onmessage = () => calls.push('replaced')
      source.addEventListener('message', () => calls.push('listener'))
      source.onmessage = {} as unknown as null
      source.onmessage = () => calls.push('handler')
      source.dispatchEvent(new Event('message'))
      equal(calls, ['handler', 'listener'], 'order')
    },
  },
  {
    name: 'handler: after null it is the last',
    run(context) {
      const source = context.quiet()
      const calls: string[] = []
      source.onmessage = () => calls.push('gone')
      source.addEventListener('message', () => calls.push('listener'))
      source.onmessage = null
      source.dispatchEvent(new Event('message'))
      source.onmessage = () => calls.push('handler')
      source.dispatchEvent(new Event('message'))
      equal(calls, ['listener', 'listener', 'handler'], 'order')
    },
  },
  {
    name: 'handler: a listener of its own, beside the same function added',
    run(context) {
      const source = context.quiet()
      let calls = 0
      const handler = (): void => void calls++
      source.onerror = handler
      source.addEventListener('error', handler)
      source.addEventListener('error', handler)
      source.dispatchEvent(new Event('error'))
      equal(calls, 2, 'calls')
      source.removeEventListener('error', handler)
      source.dispatchEvent(new Event('error'))
      equal(calls, 3, 'calls')
    },
  },
  {
    name: 'handler: called on the source with the event',
    run(context) {
      const source = context.quiet()
      const calls: unknown[] = []
      source.onopen = function (...args: unknown[]) {
        calls.push(this, ...args)
      }
      const event = new Event('open')
      source.dispatchEvent(event)
      ok(calls.length === 2 && calls[0] === source && calls[1] === event, 'call')
    },
  },
  {
    name: 'handler: false cancels, nothing else does',
    run(context) {
      const source = context.quiet()
      for (const [value, canceled] of [
        [false, true],
        [true, false],
        [undefined, false],
        [0, false],
        [null, false],
      ] as const) {
        source.onmessage = () => value
        const event = new Event('message', { cancelable: true })
        source.dispatchEvent(event)
        equal(event.defaultPrevented, canceled, String(value))
      }
    },
  },
  {
    name: 'handler: set and taken away while an event is dispatched',
    run(context) {
      const source = context.quiet()
      const calls: string[] = []
      source.addEventListener('message', () => (source.onmessage = () => calls.push('replaced')))
      source.onmessage = () => calls.push('first')
      source.dispatchEvent(new Event('message'))
      equal(calls, ['replaced'], 'replaced before its turn')
      source.addEventListener('open', () => (source.onopen = null))
      source.onopen = () => calls.push('gone')
      source.dispatchEvent(new Event('open'))
      equal(calls, ['replaced'], 'null before its turn')
      source.addEventListener('error', () => (source.onerror = () => calls.push('late')), { once: true })
      source.dispatchEvent(new Event('error'))
      equal(calls, ['replaced'], 'set in the dispatch')
      source.dispatchEvent(new Event('error'))
      equal(calls, ['replaced', 'late'], 'in the next one')
    },
  },
  {
    name: 'handler: read in a dispatch and after it',
    run(context) {
      const source = context.quiet()
      const handler = (): void => {}
      const seen: boolean[] = []
      source.addEventListener('message', () => seen.push(source.onmessage === handler, source.onopen === null))
      source.onmessage = handler
      source.dispatchEvent(new Event('message'))
      source.dispatchEvent(new Event('other'))
      seen.push(source.onmessage === handler, source.onmessage === handler)
      equal(seen, [true, true, true, true], 'handlers')
    },
  },
  {
    name: 'handler: one that throws is still there, and keeps nobody from the event',
    run(context) {
      const source = context.quiet()
      const calls: string[] = []
      source.onopen = () => {
        calls.push('handler')
        throw new Error('Thrown by a handler, on purpose')
      }
      source.addEventListener('open', () => calls.push('listener'))
      source.dispatchEvent(new Event('open'))
      source.dispatchEvent(new Event('open'))
      equal(calls, ['handler', 'listener', 'handler', 'listener'], 'calls')
    },
  },
  {
    name: 'listener: an object, once, and with a signal',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\ndata: 2\n\n'] }])
      const calls: string[] = []
      const object = {
        handleEvent(this: unknown, { data }: { data?: string }) {
          calls.push(`object ${data} ${this === object}`)
        },
      }
      const controller = new AbortController()
      source.addEventListener('message', object as EventListenerObject)
      source.addEventListener('message', ({ data }) => calls.push(`once ${data}`), { once: true })
      source.addEventListener('message', ({ data }) => (calls.push(`signal ${data}`), controller.abort()), {
        signal: controller.signal,
      })
      await events.until('message:2')
      equal(calls, ['object 1 true', 'once 1', 'signal 1', 'object 2 true'], 'calls')
    },
  },
  {
    name: 'handler: called for a message event of its type, too',
    async run(context) {
      const { source, events } = context.open([{ body: ['event: open\ndata: 1\n\nevent: error\ndata: 2\n\n'] }])
      const calls: string[] = []
      source.onopen = (event) => calls.push(`${event.type}:${event instanceof MessageEvent}`)
      source.onerror = (event) => calls.push(`${event.type}:${event instanceof MessageEvent}`)
      await events.until('error:2')
      equal(calls, ['open:false', 'open:true', 'error:true'], 'calls')
    },
  },
  {
    name: 'listener: one that throws keeps nobody from the event, nor the next event',
    async run(context) {
      const { source, events } = context.open([{ body: ['data: 1\n\ndata: 2\n\n'] }])
      source.onmessage = () => {
        throw new Error('Thrown by a listener, on purpose')
      }
      const calls: string[] = []
      source.addEventListener('message', ({ data }) => calls.push(data))
      await events.until('message:2')
      equal(calls, ['1', '2'], 'calls')
    },
  },
]
