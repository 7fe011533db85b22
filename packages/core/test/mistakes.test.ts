import { describe, expect, it } from 'vitest'
import { connect, resumingFetch } from '../src/client/index.ts'
import { createHub, memoryBroker } from '../src/hub/index.ts'
import { EventStreamDecoderStream, eventStream, readEventStream } from '../src/index.ts'

// What people do who have no types, or have not asked them: each is told what it gave and what to give.

type Loose = (...values: unknown[]) => unknown
const loose = (call: unknown): Loose => call as Loose

const request = new Request('http://localhost/')
const source = (): void => {}
const answer = loose(eventStream)
const hub = createHub()

/** What is thrown, or what a promise rejects with. */
async function refusalOf(call: () => unknown): Promise<{ code?: unknown; message: string }> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('It was accepted')
}

async function expectRefusal(call: () => unknown, words: string): Promise<void> {
  const refusal = await refusalOf(call)
  expect(refusal.message).toContain(words)
  expect(refusal.code).toMatch(/^(invalid-option|option-range|invalid-field|invalid-topic)$/)
}

const ofNode = { method: 'GET', url: '/', headers: { accept: '*/*' }, httpVersion: '1.1' }

describe.each([
  ['a request of Express or node:http', ofNode, 'toNodeHandler() of @holdfast/adapters/node'],
  ['a request of Fastify', { raw: ofNode, headers: {} }, 'toNodeHandler()'],
  ['a context of Koa', { req: ofNode, request: { header: {} } }, 'toNodeHandler()'],
  ['a context of Hono', { req: { raw: request } }, 'give its req.raw'],
  ['an event of h3', { req: request }, 'give its req'],
  ['an event of SvelteKit', { request }, 'give its request'],
  ['a response', new Response(), 'give a Request'],
  ['a URL', 'http://localhost/', 'request is a string, give a Request'],
  ['nothing', undefined, 'request is "undefined", give a Request'],
])('%s for a request', (_, given, words) => {
  it('is refused by a response and by a hub', async () => {
    await expectRefusal(() => answer(given, source), words)
    await expectRefusal(() => loose(hub.respond)(given, { topics: ['a'] }), words)
  })
})

it.each<[string, () => unknown, string]>([
  ['no source', () => answer(request), 'source is "undefined", give an async iterable'],
  ['a list', () => answer(request, ['a']), 'source is an object of Array, give an async iterable'],
  ['a generator function', () => answer(request, async function* () {}), 'give what it returns, by calling it'],
  ['a misspelt option', () => answer(request, source, { hartbeat: 1 }), 'but heartbeat'],
  ['a text for a duration', () => answer(request, source, { stallTimeout: '10s' }), 'stallTimeout is "10s"'],
  ['headers in a text', () => answer(request, source, { headers: 'a: b' }), 'give an object'],
  ['a function for options', () => answer(request, source, () => {}), 'give an object'],
  ['a status that is none', () => answer(request, source, { status: 'ok' }), 'give a number from 200 to 599'],
  ['nothing to read', () => loose(readEventStream)(), 'give a Response'],
  [
    'a misspelt option to read with',
    () => loose(readEventStream)(new Response(''), { onretry: source }),
    'but onRetry',
  ],
  ['a text for a size', () => Reflect.construct(EventStreamDecoderStream, [{ maxEventBytes: '1' }]), 'give a number'],
])('a response made with %s is refused', (_, call, words) => expectRefusal(call, words))

it.each<[string, () => unknown, string]>([
  ['an object for a broker', () => loose(createHub)({ broker: {} }), 'give a broker, such as memoryBroker()'],
  ['a broker for options', () => loose(createHub)(memoryBroker()), 'there is no options.'],
  ['a function that makes a broker', () => loose(createHub)({ broker: memoryBroker }), 'an object of Function'],
  ['a URL for a broker', () => loose(createHub)({ broker: 'redis://:secret@host' }), 'broker is a string, give'],
  ['a misspelt option', () => loose(createHub)({ maxSubscriber: 1 }), 'but maxSubscribers'],
  ['a misspelt option of its streams', () => loose(createHub)({ stream: { stalTimeout: 1 } }), 'but stallTimeout'],
  ['a timeout for its object', () => loose(createHub)({ acknowledge: 5_000 }), 'give an object'],
  ['a reconnection time that is none', () => createHub({ stream: { retry: -1 } }), 'Cannot write retry'],
  ['a misspelt option of the broker', () => loose(memoryBroker)({ maxEvent: 1 }), 'but maxEvents'],
])('a hub made with %s is refused', (_, call, words) => expectRefusal(call, words))

it.each<[string, () => unknown, string]>([
  ['one topic in no list', () => loose(hub.respond)(request, { topics: 'clock' }), "give ['clock']"],
  ['no options', () => loose(hub.respond)(request), 'options is "undefined", give an object'],
  ['no topics', () => loose(hub.respond)(request, {}), 'topics is "undefined", give a list'],
  ['a misspelt option', () => loose(hub.respond)(request, { topics: ['a'], identiti: 'ann' }), 'but identity'],
  ['another beginning', () => loose(hub.respond)(request, { topics: ['a'], start: 'first' }), 'give now or last'],
  ['a date to expire at', () => loose(hub.respond)(request, { topics: ['a'], expiresAt: new Date() }), 'since 1970'],
  ['a subscription to one topic', () => loose(hub.subscribe)('clock'), "give ['clock']"],
  ['a text to publish', () => loose(hub.publish)('a', 'hello'), 'give { data }'],
  ['nothing to publish', () => loose(hub.publish)('a'), 'give { data }'],
  ['a misspelt key', () => loose(hub.publish)('a', { data: 1 }, { kye: '1' }), 'but key'],
  ['a key that is a number', () => loose(hub.publish)('a', { data: 1 }, { key: 1 }), 'key is "1", give a string'],
  ['no source to run', () => loose(hub.run)('a'), 'give an async iterable, or a function'],
  ['a misspelt option to run with', () => loose(hub.run)('a', async function* () {}, { leese: 1 }), 'but lease'],
  ['a text for an identity', () => loose(hub.disconnect)('ann'), 'match is a string, give an object'],
  ['a misspelt identity', () => loose(hub.disconnect)({ identiy: 'ann' }), 'but identity'],
  ['seconds in a text', () => loose(hub.drain)({ within: '5' }), 'within is "5"'],
  ['a controller for its signal', () => loose(hub.read)('a', { signal: new AbortController() }), 'an AbortSignal'],
])('a hub given %s refuses it', (_, call, words) => expectRefusal(call, words))

const url = 'http://localhost/'

it.each<[string, () => unknown, string]>([
  ['nothing', () => loose(connect)(), 'endpoints is "undefined", give a URL, or a list of URLs'],
  ['an empty list', () => connect([]), 'endpoints[0] is "undefined", give a URL'],
  ['a request', () => loose(connect)(request), 'endpoints is an object of Request, give a URL'],
  ['a path, without a page', () => connect('/events?access_token=secret'), 'which "/events" is not'],
  ['one endpoint that is none', () => loose(connect)([url, 5]), 'endpoints[1] is "5", give a URL'],
  ['an endpoint without a URL', () => loose(connect)([{ priority: 1 }]), 'endpoints[0].url is "undefined"'],
  ['a misspelt priority', () => loose(connect)([{ url, prioritiy: 1 }]), 'but priority'],
  ['a misspelt option', () => loose(connect)(url, { idelTimeout: 1 }), 'but idleTimeout'],
  ['a word that is none', () => loose(connect)(url, { redundancy: 'all' }), 'give auto, none, standby, full'],
  ['a range the wrong way round', () => connect(url, { redundancy: { min: 'full', max: 'none' } }), 'redundancy is'],
  [
    'a misspelt end of a range',
    () => loose(connect)(url, { redundancy: { min: 'none', mx: 'full' } }),
    'redundancy is',
  ],
  ['an interval to acknowledge', () => loose(connect)(url, { acknowledge: 5 }), 'give a boolean'],
  ['a text for headers', () => loose(connect)(url, { headers: 'a' }), 'give an object or a function'],
  ['a schema that is none', () => loose(connect)(url, { schema: { message: {} } }), 'give a Standard Schema'],
  ['a store that only reads', () => loose(connect)(url, { store: { get() {} } }), 'get() and set()'],
  ['another misspelt option', () => loose(resumingFetch)({ endpoint: () => [] }), 'but endpoints'],
])('a client given %s refuses it', (_, call, words) => expectRefusal(call, words))

it('neither a token in a query nor a password is shown', async () => {
  const { message } = await refusalOf(() => connect('/events?access_token=secret'))
  expect(message).not.toContain('secret')
  expect((await refusalOf(() => loose(createHub)({ broker: 'redis://:secret@host' }))).message).not.toContain('secret')
})
