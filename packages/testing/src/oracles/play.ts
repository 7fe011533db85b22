import { serve } from '@holdfast/adapters/node'
import { createHub } from '@holdfast/core/hub'
import { setTimeout as wait } from 'node:timers/promises'
import { launchChromium } from '../chromium.ts'
import { Way } from '../client-contract/way.ts'
import { bundle } from '../runtimes/bundle.ts'
import { bundled } from '../runtimes/commands.ts'
import { startScript } from '../runtimes/start.ts'
import { nodeClients } from './clients.ts'
import { type OracleFault, oracleFaults } from './faults.ts'

/** What came of one client through one fault. */
export interface Verdict {
  client: string
  fault: OracleFault
  received: number
  lost: number
  repeated: number
  outOfOrder: number
  /** Nothing of the last seconds came: it waits for bytes that never come. */
  isStuck: boolean
}

/** One client's way through one fault, and what it got. */
interface Trial {
  client: string
  fault: OracleFault
  way: Way
  got: number[]
}

const clients = [
  ...Object.keys(nodeClients),
  'EventSource of Chromium',
  '@microsoft/fetch-event-source',
  'EventSource of Deno',
]

/** Let every client read from one hub through every fault, all at once. */
export async function play(): Promise<Verdict[]> {
  const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'last-event-id' }
  const hub = createHub({ stream: { heartbeat: 1_000, retry: 200, headers: cors } })
  const server = await serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) =>
      request.method === 'OPTIONS'
        ? new Response(null, { headers: cors })
        : hub.respond(request, { topics: ['numbers'] }),
  })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => server.close({ hub, within: 0 }))
  const trials: Trial[] = []
  for (const client of clients) {
    for (const fault of oracleFaults) trials.push({ client, fault, way: await Way.to(server.url), got: [] })
  }
  stack.defer(async () => void (await Promise.all(trials.map(({ way }) => way.proxy.close()))))
  for (const trial of trials) startHere(trial, stack)
  await startInChromium(trials, stack)
  await startInDeno(trials, stack)

  let published = 0
  const publishing = setInterval(() => void hub.publish('numbers', { data: published++ }), 50)
  stack.defer(() => clearInterval(publishing))
  while (trials.some(({ got }) => got.length < 20)) await wait(50)
  for (const { fault, way } of trials) fault.strike(way)
  await wait(3_000)
  await Promise.all(trials.map(({ fault, way }) => fault.lift?.(way)))
  await wait(9_000)
  clearInterval(publishing)
  const last = published - 1
  for (let tries = 0; tries < 100 && trials.some(({ got, fault }) => !fault.isSilent && got.at(-1) !== last); tries++) {
    await wait(100)
  }
  return trials.map((trial) => judge(trial, last))
}

function startHere({ client, way, got }: Trial, stack: AsyncDisposableStack): void {
  const stop = nodeClients[client]?.(way.url, (data) => got.push(Number(data)))
  if (stop) stack.defer(stop)
}

async function startInChromium(trials: readonly Trial[], stack: AsyncDisposableStack): Promise<void> {
  const native = trials.filter(({ client }) => client === 'EventSource of Chromium')
  const byFetch = trials.filter(({ client }) => client === '@microsoft/fetch-event-source')
  const browser = await launchChromium()
  stack.defer(() => browser.close())
  const page = await browser.newPage()
  await page.exposeFunction('tell', (kind: string, index: number, data: string) =>
    (kind === 'native' ? native : byFetch)[index]?.got.push(Number(data)),
  )
  const script = await bundle(new URL('entries/page.ts', import.meta.url), 'browser')
  await page.addScriptTag({ content: new TextDecoder().decode(script), type: 'module' })
  await page.evaluate(
    ([urls, fetchUrls]) =>
      (globalThis as unknown as { listen(urls: string[], fetchUrls: string[]): void }).listen(urls, fetchUrls),
    [native.map(({ way }) => way.url), byFetch.map(({ way }) => way.url)] as [string[], string[]],
  )
}

async function startInDeno(trials: readonly Trial[], stack: AsyncDisposableStack): Promise<void> {
  const own = trials.filter(({ client }) => client === 'EventSource of Deno')
  const script = await bundle(new URL('entries/deno.ts', import.meta.url), 'node')
  const started = await startScript(
    bundled.deno,
    script,
    own.map(({ way }) => way.url),
  )
  stack.use(started)
  const told = new Set<string>()
  const look = setInterval(() => {
    for (const [line, index, data] of started.process.output.matchAll(/^got (\d+) (\d+)$/gm)) {
      if (told.has(line)) continue
      told.add(line)
      own[Number(index)]?.got.push(Number(data))
    }
  }, 50)
  stack.defer(() => clearInterval(look))
}

function judge({ client, fault, got }: Trial, last: number): Verdict {
  const first = Math.min(...got)
  const unique = new Set(got)
  const isStuck = !unique.has(last)
  const expected = (isStuck ? Math.max(...got) : last) - first + 1
  return {
    client,
    fault,
    received: got.length,
    lost: expected - unique.size,
    repeated: got.length - unique.size,
    outOfOrder: got.filter((number, index) => index > 0 && number < (got[index - 1] as number)).length,
    isStuck,
  }
}
