import { readEventStream } from '@holdfast/core'
import { connect } from '@holdfast/core/client'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { NatsServer } from '../src/brokers/nats-server.ts'
import { PostgresServer } from '../src/brokers/postgres-server.ts'
import { RedisServer } from '../src/brokers/redis-server.ts'
import { launchApp, token } from '../src/fleet/app-server.ts'
import { freePort } from '../src/free-port.ts'
import { launch, type LaunchedServer, workspaceRoot } from '../src/index.ts'
import { requireTool } from '../src/require-tool.ts'
import { temporaryFolder, type TemporaryFolder } from '../src/runtimes/temporary-folder.ts'

const runtimes = ['node', 'bun', 'deno'] as const
const authorization = `Bearer ${token}`

async function publish(
  url: string,
  data: string,
  headers: Record<string, string> = { authorization },
): Promise<number> {
  const options = { method: 'POST', headers: { 'content-type': 'text/plain', ...headers }, body: data }
  const response = await fetch(`${url}/topics/news`, options)
  await response.body?.cancel()
  return response.status
}

test.each(runtimes)('the app of %s serves what its environment says, and ends when it is told to', async (runtime) => {
  await using app = await launchApp(runtime, { HOLDFAST_DATA: 'memory' })
  expect(new URL(app.url).hostname).toBe('127.0.0.1')
  const stream = await fetch(`${app.url}/events?topic=news`)
  expect([await publish(app.url, 'hello', {}), await publish(app.url, 'hello')]).toEqual([401, 201])
  for await (const { data } of readEventStream(stream)) {
    expect(data).toBe('hello')
    break
  }
  app.signal('SIGTERM')
  expect(await app.exited).toBe(0)
})

describe.each(runtimes)('the app of %s', (runtime) => {
  it.each([
    ['Redis', 'REDIS_URL', 'redis://user:hidden@'],
    ['Postgres', 'DATABASE_URL', 'postgres://user:hidden@'],
    ['NATS', 'NATS_URL', 'nats://user:hidden@'],
  ])('does not start where %s does not answer, and says so without the password', async (_, variable, prefix) => {
    const address = `127.0.0.1:${await freePort()}`
    const started = launchApp(runtime, { [variable]: `${prefix}${address}` })
    const error: unknown = await started.catch((reason: unknown) => reason)
    expect(String(error)).toContain(address)
    expect(String(error)).toContain(variable)
    expect(String(error)).not.toContain('hidden')
  })
})

interface Engine {
  name: string
  /** The environment variables that choose it; undefined where it is not installed. */
  begin(): Promise<Record<string, string> | undefined>
}

const opened: AsyncDisposable[] = []
async function openedAs<Server extends AsyncDisposable>(server: Promise<Server>): Promise<Server> {
  const running = await server
  opened.push(running)
  return running
}

const tools = {
  redis: requireTool('redis-server'),
  postgres: requireTool('postgres'),
  nats: requireTool('nats-server'),
}
const engines: Engine[] = [
  {
    name: 'SQLite',
    begin: async () => ({ HOLDFAST_DATA: `${(await openedAs<TemporaryFolder>(temporaryFolder())).path}/log.sqlite` }),
  },
  ...(tools.redis
    ? [
        {
          name: 'Redis',
          begin: async () => ({ REDIS_URL: (await openedAs(RedisServer.start(tools.redis ?? ''))).url }),
        },
      ]
    : []),
  ...(tools.postgres
    ? [
        {
          name: 'Postgres',
          begin: async () => ({ DATABASE_URL: (await openedAs(PostgresServer.start(tools.postgres ?? ''))).url }),
        },
      ]
    : []),
  ...(tools.nats
    ? [
        {
          name: 'NATS',
          begin: async () => ({
            NATS_URL: `nats://127.0.0.1:${(await openedAs(NatsServer.start(tools.nats ?? ''))).port}`,
          }),
        },
      ]
    : []),
]

afterAll(async () => {
  await Promise.all(opened.map((server) => server[Symbol.asyncDispose]()))
})

// README, "More than one server".
describe.each(engines)('three servers on three runtimes over one $name', ({ begin }) => {
  let variables: Record<string, string> = {}
  beforeAll(async () => void (variables = (await begin()) ?? {}))

  it('reach every reader with one publish, and lose nothing when two are killed', async () => {
    const servers = await Promise.all(runtimes.map((runtime) => launchApp(runtime, variables)))
    const received: string[] = []
    const urls = servers.map(({ url }) => `${url}/events?topic=news`)
    // From the beginning, so that it does not matter when its stream opens.
    const connection = connect(urls, { lastEventId: 'earliest' })
    connection.on('message', ({ data }) => received.push(data))
    const readers = urls.map((url) => {
      const got: string[] = []
      const reader = connect(url, { lastEventId: 'earliest' })
      reader.on('message', ({ data }) => got.push(data))
      return { got, reader }
    })
    const expected = Array.from({ length: 60 }, (_, number) => String(number))
    try {
      for (const data of expected.slice(0, 30)) {
        const [first, second, third] = servers.map(({ url }) => url) as [string, string, string]
        expect(await publish([first, second, third][Number(data) % 3] as string, data)).toBe(201)
      }
      for (const { got } of readers) await expect.poll(() => got, { timeout: 20_000 }).toEqual(expected.slice(0, 30))
      servers[0]?.signal('SIGKILL')
      servers[1]?.signal('SIGKILL')
      for (const data of expected.slice(30)) expect(await publish(servers[2]?.url ?? '', data)).toBe(201)
      await expect.poll(() => received, { timeout: 30_000 }).toEqual(expected)
    } finally {
      connection.close()
      for (const { reader } of readers) reader.close()
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    }
  })
})

it('killed all at once, servers over one SQLite file have everything when they are back', async () => {
  await using folder = await temporaryFolder()
  const variables = { HOLDFAST_DATA: `${folder.path}/log.sqlite` }
  const port = await freePort()
  const first = await launchApp('node', variables, port)
  const received: string[] = []
  const reader = connect(`${first.url}/events?topic=news`, { lastEventId: 'earliest' })
  reader.on('message', ({ data }) => received.push(data))
  for (const data of ['1', '2', '3']) expect(await publish(first.url, data)).toBe(201)
  await expect.poll(() => received, { timeout: 10_000 }).toEqual(['1', '2', '3'])
  first.signal('SIGKILL')
  await first.exited
  await using second = await launchApp('bun', variables, port)
  for (const data of ['4', '5']) expect(await publish(second.url, data)).toBe(201)
  await expect.poll(() => received, { timeout: 30_000 }).toEqual(['1', '2', '3', '4', '5'])
  reader.close()
})

it('what npm start runs has everything again after kill -9 of all its processes, and readers go on', async () => {
  await using folder = await temporaryFolder()
  const run = (): Promise<LaunchedServer> =>
    launch({
      command: 'node',
      args: [`${workspaceRoot}scripts/start.mjs`],
      env: { HOLDFAST_DATA: `${folder.path}/log.sqlite`, HOLDFAST_TOKEN: token, PORT: '0' },
      ready: /(http:\/\/localhost:\d+)\/#token=/,
    })
  /** Publish, and read with one client over all stream servers. Resolves with where it was then. */
  async function play({ url }: LaunchedServer, published: string[], expected: string[], from: string): Promise<string> {
    const { servers } = (await (await fetch(`${url}/config.json`)).json()) as { servers: { port: number }[] }
    const received: string[] = []
    const gaps: unknown[] = []
    const urls = servers.map(({ port }) => `http://localhost:${port}/events?topic=news`)
    const reader = connect(urls, { lastEventId: from, onGap: (gap) => void gaps.push(gap) })
    reader.on('message', ({ data }) => received.push(data))
    try {
      for (const data of published) expect(await publish(url, data)).toBe(201)
      await expect.poll(() => received, { timeout: 20_000 }).toEqual(expected)
      expect(gaps).toEqual([])
      return reader.lastEventId
    } finally {
      reader.close()
    }
  }
  const first = await run()
  const id = await play(first, ['1', '2', '3'], ['1', '2', '3'], 'earliest')
  // Of the whole process group.
  await first[Symbol.asyncDispose]()
  await using second = await run()
  await play(second, ['4', '5'], ['4', '5'], id)
  await play(second, [], ['1', '2', '3', '4', '5'], 'earliest')
})
