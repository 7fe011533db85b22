import { createHub } from '@holdfast/core/hub'
import { brokerFromEnv } from '@holdfast/adapters/environment'
import { serve as serveOnBun, wrapFetch as wrapOnBun } from '@holdfast/adapters/bun'
import { serve as serveOnDeno, wrapFetch as wrapOnDeno } from '@holdfast/adapters/deno'
import { natsBroker } from '@holdfast/adapters/nats'
import { serve, toNodeHandler, wrapFetch } from '@holdfast/adapters/node'
import { migrationSql, postgresBroker } from '@holdfast/adapters/postgres'
import { fromIoredis, redisBroker } from '@holdfast/adapters/redis'
import { sqliteBroker } from '@holdfast/adapters/sqlite'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

type Loose = (...values: unknown[]) => unknown
const loose = (call: unknown): Loose => call as Loose

async function refusalOf(call: () => unknown): Promise<{ code?: unknown; message: string }> {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error('It was accepted')
}

const fetch = (): Response => new Response()
const app = new Hono()
const client = { duplicate() {} }
const ioredis = { duplicate() {}, call() {} }
const pool = { connect() {}, query() {}, removeListener() {} }
const connection = { publish() {}, subscribe() {}, request() {}, status() {} }

it.each<[string, () => unknown, string]>([
  ['a port that is a text', () => loose(serve)({ fetch, port: 'abc' }), 'give a whole number from 0 to 65535'],
  [
    'a port that is a text of digits',
    () => loose(serve)({ fetch, port: '3000' }),
    'give a whole number from 0 to 65535',
  ],
  ['a port that there is not', () => serve({ fetch, port: 65_536 }), 'give a whole number from 0 to 65535'],
  ['a misspelt option', () => loose(serve)({ fetch, hostName: 'localhost' }), 'but hostname'],
  ['an app for its fetch', () => loose(serve)({ fetch: app }), 'such as app.fetch'],
  ['a handler for options', () => loose(serve)(fetch), 'give an object'],
  ['nothing', () => loose(serve)(), 'options is "undefined"'],
  ['nothing to serve', () => loose(serve)({ port: 0 }), 'fetch is "undefined", give a function'],
  ['an app to wrap', () => loose(wrapFetch)(app), 'such as app.fetch'],
  ['an app for Node', () => loose(toNodeHandler)(app), 'such as app.fetch'],
  ['a URL for Redis', () => loose(redisBroker)('redis://:secret@host'), 'client is a string, give a client of redis'],
  ['ioredis as it is', () => loose(redisBroker)(ioredis), 'give fromIoredis(client)'],
  ['a client of redis as one of ioredis', () => loose(fromIoredis)(client), 'give a client or a cluster of ioredis'],
  ['a prefix that scatters', () => loose(redisBroker)(client, { prefix: '{a}' }), 'without "{"'],
  ['a misspelt option for Redis', () => loose(redisBroker)(client, { prefx: 'a' }), 'but prefix'],
  ['a URL for Postgres', () => loose(postgresBroker)('postgres://user:secret@host'), 'pool is a string, give a Pool'],
  ['a schema with a dash', () => loose(postgresBroker)(pool, { schema: 'my-app' }), 'give up to 40 of'],
  ['a schema to make with a dash', () => migrationSql('my-app'), 'give up to 40 of'],
  ['half an event to keep', () => loose(postgresBroker)(pool, { maxEvents: 0.5 }), 'a whole number from 1 up'],
  ['a URL for NATS', () => loose(natsBroker)('nats://host'), 'give a connection of @nats-io/transport-node'],
  ['the promise of a connection', () => loose(natsBroker)(Promise.resolve(connection)), 'an object of Promise'],
  ['a name with a dot', () => loose(natsBroker)(connection, { name: 'a.b' }), 'give letters, digits'],
  ['no path', () => loose(sqliteBroker)(), 'path is "undefined", give the path of a file'],
  ['an empty path', () => sqliteBroker(''), 'give the path of a file'],
  [
    'a misspelt option for SQLite',
    () => loose(sqliteBroker)('unused.sqlite', { synchronos: 'full' }),
    'but synchronous',
  ],
  ['another word', () => loose(sqliteBroker)('unused.sqlite', { synchronous: 'off' }), 'give full or normal'],
  ['no environment', () => loose(brokerFromEnv)(), 'give the environment'],
])('an adapter given %s refuses it', async (_, call, words) => {
  const refusal = await refusalOf(call)
  expect(refusal.message).toContain(words)
  expect(refusal.message).not.toContain('secret')
  expect(refusal.code).toMatch(/^(invalid-option|option-range)$/)
})

it('a server that is closed with a misspelt option goes on, and says so at once', async () => {
  const hub = createHub()
  const server = await serve({ fetch: () => new Response('still here'), port: 0, hostname: '127.0.0.1' })
  expect(() => loose(server.close)({ hbu: hub })).toThrow('but hub')
  expect(await (await globalThis.fetch(server.url)).text()).toBe('still here')
  await server.close({ hub })
})

describe.each([
  ['Bun', () => serveOnBun({ fetch, port: 0 }), () => wrapOnBun(fetch)],
  ['Deno', () => serveOnDeno({ fetch, port: 0 }), () => wrapOnDeno(fetch)],
])('the adapter for %s, on Node', (name, serveThere, wrapThere) => {
  it('says which one to import', async () => {
    for (const call of [serveThere, wrapThere]) {
      const { code, message } = await refusalOf(call)
      expect(code).toBe('wrong-runtime')
      expect(message).toContain(
        `this is the adapter for ${name}, and this is Node, so import "@holdfast/adapters/node"`,
      )
    }
  })
})
