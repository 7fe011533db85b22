import { resumingFetch } from '@holdfast/core/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FaultProxy, freePort, launch, type LaunchedServer, startFaultProxy, workspaceRoot } from '../src/index.ts'
import { type TemporaryFolder, temporaryFolder } from '../src/runtimes/temporary-folder.ts'
import { type Kind, kinds, words } from '../src/sdks/answers.ts'
import { readers } from '../src/sdks/read.ts'

const whole = words.join('')

/** A server of ours, and the way to it. */
interface Place {
  server: LaunchedServer
  proxy: FaultProxy
}

describe('SDKs that take a fetch', () => {
  let folder: TemporaryFolder
  let log: string
  let places: [Place, Place]
  let made = 0

  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  beforeEach(async () => {
    log = `${folder.path}/log-${made++}.sqlite`
    places = [await open(), await open()]
    return () => Promise.all(places.map(close))
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  describe.each(kinds)('%s', (kind) => {
    it('reads an answer that is cut in the middle, whole and once', async () => {
      const { text, error } = await read(kind, resuming(), () => places[0].proxy.connections.at(-1)?.rst())
      expect(error).toBeUndefined()
      expect(text).toBe(whole)
      expect(posts()).toBe(1)
    })

    it('reads an answer whose server is killed, whole and once', async () => {
      const { text, error } = await read(kind, resuming(), () => places[0].server.signal('SIGKILL'))
      expect(error).toBeUndefined()
      expect(text).toBe(whole)
      expect(posts()).toBe(1)
    })

    // @ag-ui/client 1.0 leaves a promise unhandled when that happens, which would end this process.
    if (kind === 'ag-ui') return
    it('has less of it with a plain fetch', async () => {
      const { text, error } = await read(kind, fetch, () => places[0].server.signal('SIGKILL'))
      expect(text.length).toBeLessThan(whole.length)
      console.log(`${kind}: ${text.length} of ${whole.length} characters with a plain fetch, ${String(error)}`)
    })
  })

  async function open(): Promise<Place> {
    const port = await freePort()
    const module = new URL('../src/sdks/server.ts', import.meta.url).pathname
    const server = await launch({
      command: 'node',
      args: ['--conditions=@holdfast/source', module, `${port}`, log],
      cwd: workspaceRoot,
      ready: /"url"/,
    })
    return { server, proxy: await startFaultProxy({ target: `http://127.0.0.1:${port}` }) }
  }

  async function close({ server, proxy }: Place): Promise<void> {
    await proxy.close()
    await server.close()
  }

  function resuming(): typeof fetch {
    return resumingFetch({ endpoints: (url) => url.replace(places[0].proxy.url, places[1].proxy.url) })
  }

  /** Read an answer, and let something happen once a third of it was read. */
  async function read(
    kind: Kind,
    fetch: typeof globalThis.fetch,
    happen: () => unknown,
  ): Promise<{ text: string; error?: unknown }> {
    let text = ''
    try {
      for await (const part of readers[kind](places[0].proxy.url, interrupted(fetch, happen))) text += part
      return { text }
    } catch (error) {
      return { text, error }
    }
  }

  /** Let something happen once, when a third of an answer's words was read. Some SDKs hand it on only as a whole. */
  function interrupted(fetch: typeof globalThis.fetch, happen: () => unknown): typeof globalThis.fetch {
    let left = words.length / 3
    return async (input, init) => {
      const response = await fetch(input, init)
      if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response
      const decoder = new TextDecoder()
      const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(bytes, controller) {
          const before = left
          left -= (decoder.decode(bytes, { stream: true }).match(/word/g) ?? []).length
          if (before > 0 && left <= 0) happen()
          controller.enqueue(bytes)
        },
      })
      return new Response(response.body.pipeThrough(counting), response)
    }
  }

  // Besides those by which MCP says hello.
  function posts(): number {
    const lines = places.flatMap(({ server }) => server.output.split('\n')).filter((line) => line.includes('"posted"'))
    return lines.filter((line) => !/"method":"(?!tools)/.test(line)).length
  }
})
