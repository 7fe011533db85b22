import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { oldestNode } from './support/nodes.ts'
import { makeOutside, oldestPeers, type Outside, pinnedPeers } from './support/outside.ts'
import { root } from './support/packages.ts'
import { inWorkerd, whileRunning } from './support/started.ts'

const tarballs = Object.values(inject('tarballs'))
const node20 = oldestNode()
const node26 = join(root, 'node_modules/.bin/node')
const bun = join(root, 'node_modules/.bin/bun')
const deno = join(root, 'node_modules/deno/deno')

const folder = mkdtempSync(join(tmpdir(), 'holdfast-outside-'))
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 5 }))

describe('a project of ES modules that has nothing but the tarballs', () => {
  let project: Outside
  beforeAll(async () => {
    const examples = {
      'core.ts': exampleOf('core'),
      'adapters.ts': exampleOf('adapters'),
      'service.ts': exampleOf('service'),
    }
    project = await makeOutside(join(folder, 'modules'), 'module', [...tarballs, ...pinnedPeers], examples)
    await project.compile()
  })

  it.skipIf(!node20)('runs on Node 20', async () => {
    expect(await project.run([node20!], 'node.js')).toBe('passed\n')
  })

  it('runs on Node 26', async () => {
    expect(await project.run([node26], 'node.js')).toBe('passed\n')
  })

  it('runs on Bun', async () => {
    expect(await project.run([bun], 'bun.js')).toBe('passed\n')
  })

  it('runs on Deno', async () => {
    expect(await project.run([deno, 'run', '--allow-net', '--allow-env', '--allow-read'], 'deno.js')).toBe('passed\n')
  })

  it('runs in workerd, where a client on Node reads it', async () => {
    await project.compile('worker')
    await inWorkerd(project, 'worker/worker.js', async (url) => {
      expect(await project.run([node26], 'client.js', url)).toBe('passed\n')
    })
  })

  it('runs in workerd by the example of docs/cloudflare.md', async () => {
    const [, code = ''] = /^```ts\n([^]*?)^```$/m.exec(readFileSync(join(root, 'docs/cloudflare.md'), 'utf8')) ?? []
    writeFileSync(join(project.folder, 'dist/cloudflare.js'), code)
    await inWorkerd(project, 'cloudflare.js', async (url) => {
      const reading = dataIn(await fetch(url))
      await fetch(url, { method: 'POST', body: JSON.stringify({ hello: 'world' }) })
      expect(await reading).toBe('{"hello":"world"}')
    })
  })

  it.each([
    { on: 'Bun', command: [bun, '--port=0', 'dist/core.js'] },
    { on: 'Deno', command: [deno, 'serve', '--allow-net', '--port=0', 'dist/core.js'] },
  ])('shows a clock on $on by the example of the core’s README', async ({ command }) => {
    await whileRunning(project, command, /(http:\/\/\S+:\d+)/, async (url) => {
      expect(await firstData(url.replace('0.0.0.0', '127.0.0.1'))).toMatch(/^\{"now":\d+\}$/)
    })
  })

  it('shows a clock by the example of the adapters’ README', async () => {
    await whileRunning(project, [node26, 'dist/adapters.js'], /^curl -N (\S+)$/m, async (url) => {
      expect(await firstData(url)).toMatch(/^\{"now":\d+\}$/)
    })
  })

  it('passes on what is published by the example of the service’s README', async () => {
    await whileRunning(project, [node26, 'dist/service.js'], /^Listening on (\S+)$/m, async (url) => {
      const heard = fetch(`${url}/events?topic=news`)
      const headers = { authorization: 'Bearer a-secret-of-sixteen-bytes', 'content-type': 'text/plain' }
      const reading = dataIn(await heard)
      await fetch(`${url}/topics/news`, { method: 'POST', headers, body: 'hello' })
      expect(await reading).toBe('hello')
    })
  })
})

describe('a project of CommonJS with the oldest peers that are promised', () => {
  let project: Outside
  beforeAll(async () => {
    project = await makeOutside(join(folder, 'commonjs'), 'commonjs', [...tarballs, ...oldestPeers])
    await project.compile()
  })

  it.skipIf(!node20)('requires them on Node 20', async () => {
    expect(await project.run([node20!], 'node.js')).toBe('passed\n')
  })

  it('requires them on Node 26', async () => {
    expect(await project.run([node26], 'node.js')).toBe('passed\n')
  })
})

/** The first example of a package's README, on a port that the system picks. */
function exampleOf(name: string): string {
  const readme = readFileSync(join(inject('consumer'), 'node_modules/@holdfast', name, 'README.md'), 'utf8')
  const [, code = ''] = /^```ts\n([^]*?)^```$/m.exec(readme) ?? []
  return code.replace('serve({ fetch', 'serve({ port: 0, fetch')
}

async function firstData(url: string): Promise<string | undefined> {
  return dataIn(await fetch(url))
}

async function dataIn({ body }: Response): Promise<string | undefined> {
  let text = ''
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const [, data] = /^data: (.*)\n\n/m.exec((text += chunk)) ?? []
    if (data !== undefined) return data
  }
  return undefined
}
