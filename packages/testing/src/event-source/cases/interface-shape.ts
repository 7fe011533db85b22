import { type EventSourceCase, Recorder } from '../context.ts'
import { equal, ok, throws } from '../expect.ts'

// Web IDL: how an interface looks to JavaScript.

const attributes = ['url', 'withCredentials', 'readyState']
const handlerAttributes = ['onopen', 'onmessage', 'onerror']
const constants: [name: string, value: number][] = [
  ['CONNECTING', 0],
  ['OPEN', 1],
  ['CLOSED', 2],
]

function descriptor(object: object, key: PropertyKey): PropertyDescriptor {
  const found = Object.getOwnPropertyDescriptor(object, key)
  if (!found) throw new Error(`${String(key)} is not there`)
  return found
}

function flags({ enumerable, configurable, writable }: PropertyDescriptor): unknown {
  return { enumerable, configurable, writable }
}

export const interfaceShape: EventSourceCase[] = [
  {
    name: 'interface object: name, length and kind',
    run({ EventSource }) {
      equal(typeof EventSource, 'function', 'typeof')
      equal(EventSource.name, 'EventSource', 'name')
      equal(EventSource.length, 1, 'length')
      equal(flags(descriptor(EventSource, 'name')), { enumerable: false, configurable: true, writable: false }, 'name')
      equal(
        flags(descriptor(EventSource, 'length')),
        { enumerable: false, configurable: true, writable: false },
        'length',
      )
    },
  },
  {
    name: 'interface object: not callable without new',
    run({ EventSource }) {
      throws(() => (EventSource as unknown as (url: string) => void)('http://127.0.0.1/'), 'TypeError', 'a call')
    },
  },
  {
    name: 'interface object: inherits from EventTarget',
    run({ EventSource }) {
      ok(Object.getPrototypeOf(EventSource) === EventTarget, 'interface object')
      ok(Object.getPrototypeOf(EventSource.prototype) === EventTarget.prototype, 'prototype')
    },
  },
  {
    name: 'prototype: its property is fixed and leads back',
    run({ EventSource }) {
      equal(
        flags(descriptor(EventSource, 'prototype')),
        { enumerable: false, configurable: false, writable: false },
        'prototype',
      )
      ok(EventSource.prototype.constructor === EventSource, 'constructor')
      equal(
        flags(descriptor(EventSource.prototype, 'constructor')),
        { enumerable: false, configurable: true, writable: true },
        'constructor',
      )
    },
  },
  {
    name: 'prototype: string tag',
    run({ EventSource }) {
      const tag = descriptor(EventSource.prototype, Symbol.toStringTag)
      equal(tag.value, 'EventSource', 'tag')
      equal(flags(tag), { enumerable: false, configurable: true, writable: false }, 'tag')
    },
  },
  {
    name: 'prototype: has the members of the interface and no inherited ones',
    run({ EventSource }) {
      const names = Object.getOwnPropertyNames(EventSource.prototype).filter(
        (name) => !['lastEventId', 'reconnectionTime'].includes(name),
      )
      const expected = ['constructor', 'close', ...attributes, ...handlerAttributes, ...constants.map(([name]) => name)]
      equal(names.sort(), expected.sort(), 'names')
    },
  },
  ...constants.map(([name, value]) => ({
    name: `constant: ${name}`,
    run({ EventSource }: Parameters<EventSourceCase['run']>[0]) {
      for (const object of [EventSource, EventSource.prototype]) {
        const found = descriptor(object, name)
        equal(found.value, value, name)
        equal(flags(found), { enumerable: true, configurable: false, writable: false }, name)
      }
    },
  })),
  ...attributes.map((name) => ({
    name: `attribute: ${name} is a read-only accessor`,
    run(context: Parameters<EventSourceCase['run']>[0]) {
      const { get, set, enumerable, configurable } = descriptor(context.EventSource.prototype, name)
      equal(
        { enumerable, configurable, set: set === undefined },
        { enumerable: true, configurable: true, set: true },
        name,
      )
      equal([get?.name, get?.length], [`get ${name}`, 0], 'getter')
      const source = context.quiet()
      ok(!Object.hasOwn(source, name), 'own property')
      // A module is strict.
      throws(() => ((source as unknown as Record<string, unknown>)[name] = 1), 'TypeError', 'assignment')
    },
  })),
  ...handlerAttributes.map((name) => ({
    name: `attribute: ${name} is an accessor`,
    run({ EventSource }: Parameters<EventSourceCase['run']>[0]) {
      const { get, set, enumerable, configurable } = descriptor(EventSource.prototype, name)
      equal({ enumerable, configurable }, { enumerable: true, configurable: true }, name)
      equal([get?.name, get?.length, set?.name, set?.length], [`get ${name}`, 0, `set ${name}`, 1], 'accessors')
    },
  })),
  {
    name: 'operation: close',
    run({ EventSource }) {
      const found = descriptor(EventSource.prototype, 'close')
      equal(flags(found), { enumerable: true, configurable: true, writable: true }, 'close')
      equal([EventSource.prototype.close.name, EventSource.prototype.close.length], ['close', 0], 'close')
    },
  },
  {
    name: 'brand: getters, setters and operations refuse another this',
    run({ EventSource }) {
      for (const wrong of [
        EventSource.prototype,
        Object.create(EventSource.prototype),
        {},
        new EventTarget(),
        1,
        null,
        undefined,
      ]) {
        for (const name of [...attributes, ...handlerAttributes]) {
          const { get, set } = descriptor(EventSource.prototype, name)
          throws(() => Reflect.apply(get as () => unknown, wrong, []), 'TypeError', `get ${name}`)
          if (set) throws(() => Reflect.apply(set, wrong, [null]), 'TypeError', `set ${name}`)
        }
        throws(() => Reflect.apply(EventSource.prototype.close, wrong, []), 'TypeError', 'close')
      }
    },
  },
  {
    name: 'instance: is of its classes, and shows the constants',
    run(context) {
      const source = context.quiet()
      ok(source instanceof context.EventSource && source instanceof EventTarget, 'instanceof')
      equal(Object.prototype.toString.call(source), '[object EventSource]', 'toString')
      equal([source.CONNECTING, source.OPEN, source.CLOSED], [0, 1, 2], 'constants')
    },
  },
  {
    name: 'interface object: has the constants and no more',
    run({ EventSource }) {
      const names = Object.getOwnPropertyNames(EventSource).filter((name) => name !== 'fromReadableStream')
      equal(names.sort(), ['CLOSED', 'CONNECTING', 'OPEN', 'length', 'name', 'prototype'], 'names')
      equal(Object.getOwnPropertySymbols(EventSource), [], 'symbols')
    },
  },
  {
    name: 'instance: enumerates all members, and has none itself',
    run(context) {
      const source = context.quiet()
      equal(Object.keys(source), [], 'own')
      const names: string[] = []
      for (const name in source) names.push(name)
      for (const name of [
        ...attributes,
        ...handlerAttributes,
        ...constants.map(([each]) => each),
        'close',
        'addEventListener',
      ])
        ok(names.includes(name), name)
    },
  },
  {
    name: 'instance: of another new.target has its prototype',
    run(context) {
      const source: unknown = Reflect.construct(context.EventSource, [context.plan([{}]).url], Map)
      ok(Object.getPrototypeOf(source) === Map.prototype, 'prototype')
      const { get } = descriptor(context.EventSource.prototype, 'readyState')
      equal(Reflect.apply(get as () => unknown, source, []), 0, 'readyState')
      Reflect.apply(context.EventSource.prototype.close, source, [])
      equal(Reflect.apply(get as () => unknown, source, []), 2, 'closed')
    },
  },
  {
    name: 'instance: of a subclass',
    async run(context) {
      const stream = context.plan([{ body: ['data: x\n\n'] }])
      class Sub extends context.EventSource {
        extra = 1
      }
      const source = context.keep(new Sub(stream.url)) as Sub
      equal([source.extra, source.url, source instanceof Sub], [1, stream.url, true], 'subclass')
      await new Promise((resolve) => (source.onmessage = resolve))
    },
  },
  {
    name: 'instance: of a subclass whose dispatchEvent is not asked',
    async run(context) {
      const stream = context.plan([{ body: ['data: x\n\n'] }])
      const calls: string[] = []
      class Sub extends context.EventSource {
        override dispatchEvent({ type }: Event): boolean {
          calls.push(type)
          return true
        }
      }
      const events = await new Recorder(context.keep(new Sub(stream.url))).until('message:x')
      equal([calls, events.log], [[], ['open', 'message:x']], 'events')
    },
  },
]
