import { readEventStream } from '@holdfast/core'
import { expect, test } from 'vitest'
import { launch, workspaceRoot } from '../src/index.ts'
import { fromSource } from '../src/runtimes/commands.ts'

const runtimes = ['node', 'bun', 'deno'] as const
const token = 's3cret'

test.each(runtimes)('the app of %s serves what its environment says, and ends when it is told to', async (runtime) => {
  const { command, args, env } = fromSource[runtime]
  await using app = await launch({
    command,
    args: [...args, `${workspaceRoot}apps/${runtime}/src/main.ts`],
    env: { ...env, HOLDFAST_TOKEN: token, HOLDFAST_PUBLIC_TOPICS: 'news', PORT: '0' },
  })
  expect(new URL(app.url).hostname).toBe('127.0.0.1')
  const stream = await fetch(`${app.url}/events?topic=news`)
  const publish = (authorization: string): Promise<Response> =>
    fetch(`${app.url}/topics/news`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization },
      body: 'hello',
    })
  expect([(await publish('')).status, (await publish(`Bearer ${token}`)).status]).toEqual([401, 201])
  for await (const { data } of readEventStream(stream)) {
    expect(data).toBe('hello')
    break
  }
  app.signal('SIGTERM')
  expect(await app.exited).toBe(0)
})
