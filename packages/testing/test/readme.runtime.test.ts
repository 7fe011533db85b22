import { readFile, rm, writeFile } from 'node:fs/promises'
import { serve } from '@holdfast/adapters/node'
import { readEventStream } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import { afterEach, expect, test } from 'vitest'
import { launch, type LaunchedServer, workspaceRoot } from '../src/index.ts'

const file = new URL('./.readme-example.ts', import.meta.url)
afterEach(() => rm(file, { force: true }))

/** The README's TypeScript examples, in their order. */
async function examples(): Promise<string[]> {
  const text = await readFile(new URL('README.md', `file://${workspaceRoot}`), 'utf8')
  return [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code]) => code ?? '')
}

async function run(code: string, ready: RegExp): Promise<LaunchedServer> {
  await writeFile(file, code)
  return launch({ command: 'node', args: ['--conditions=@holdfast/source', file.pathname], ready })
}

test('the third example serves a clock to everybody who asks', async () => {
  const [, , third = ''] = await examples()
  expect(third).toContain('await serve({ fetch')
  await using server = await run(third.replace('serve({ fetch', 'serve({ port: 0, fetch'), /^curl -N (\S+)$/m)
  for await (const { data } of readEventStream(await fetch(server.url))) {
    expect(data).toMatch(/^\{"now":\d+\}$/)
    break
  }
})

test('the second example answers with three words and an end', async () => {
  const [, second = ''] = await examples()
  const serving = `
    import { serve } from '@holdfast/adapters/node'
    const { url } = await serve({ port: 0, fetch: answer })
    console.log('listening', url)`
  await using server = await run(second + serving, /^listening (\S+)$/m)
  const text = await (await fetch(server.url)).text()
  expect([...text.matchAll(/^event: word\ndata: (.*)$/gm)].map(([, word]) => word)).toEqual(['To', 'be', 'continued'])
  expect(text.endsWith(': hint end=done\n\n')).toBe(true)
})

test('the first example follows a topic over two endpoints', async () => {
  const [first = ''] = await examples()
  const hub = createHub()
  const server = await serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => hub.respond(request, { topics: ['system'] }),
  })
  const publishing = setInterval(() => void hub.publish('system', { data: 'hello' }), 100)
  const here = first.replaceAll(/http:\/\/localhost:300\d/g, server.url)
  expect(here).toContain(server.url)
  {
    await using reader = await run(here, /^system hello$/m)
    expect(reader.output).toMatch(/^open$/m)
  }
  clearInterval(publishing)
  await server.close({ hub, within: 100 })
})
