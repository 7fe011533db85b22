// A server for the smoke test, run by each runtime as it is. Prints one JSON line for each thing that happens.
import { eventStream } from '@holdfast/core'
import type { serve as Serve } from '../../src/deno/index.ts'
import type { CloseOptions, RunningServer } from '../../src/serve.ts'

const runtime = 'Deno' in globalThis ? 'deno' : 'Bun' in globalThis ? 'bun' : 'node'
const { serve } = (await import(`../../src/${runtime}/index.ts`)) as { serve: typeof Serve }

function say(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line))
}

async function closeAndSay(options?: CloseOptions): Promise<void> {
  const began = performance.now()
  await server.close(options)
  say({ closed: Math.round(performance.now() - began) })
}

const server: RunningServer = await serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/hang') return new Promise<Response>(() => {})
    if (pathname === '/slow') return new Promise((resolve) => setTimeout(resolve, 150, new Response('slow')))
    if (pathname === '/close') setTimeout(closeAndSay, 50, { within: Number(searchParams.get('within')) })
    if (pathname !== '/events' && pathname !== '/flood') return new Response(`hello from ${runtime}`)
    const options = {
      retry: 1000,
      heartbeat: 0,
      stallTimeout: 1000,
      onClose: ({ reason }: { reason: string }) => say({ reason }),
    }
    return eventStream(
      request,
      async (stream) => {
        await stream.send('one')
        while (pathname === '/flood' && !stream.signal.aborted) await stream.send('x'.repeat(100_000))
        await new Promise(() => {})
      },
      options,
    )
  },
})
const taken = await serve({
  port: Number(new URL(server.url).port),
  hostname: '127.0.0.1',
  fetch: () => new Response(),
}).catch((error: unknown) => error)
const { code, message } = taken as { code?: string; message?: string }
say({ url: server.url, code, message })
