/** The page and all that it shows from one process. */
import { createHub } from '@holdfast/core/hub'
import { createService } from '@holdfast/service'
import process from 'node:process'
import { produce } from './answers/producer.ts'
import { routeAnswers } from './answers/routes.ts'
import { pageTopics } from './config.ts'
import { demoOptions } from './options.ts'
import { loadPage } from './page.ts'
import type { OpenBroker, Serve } from './process.ts'
import { startPublishing } from './samples/publishing.ts'

/**
 * Run the page on one server of one runtime, as its environment says: `HOLDFAST_TOKEN`, `PORT` (3000), where the log is.
 * Loopback only. There is nothing here that could kill it, so the page offers no faults but its own network.
 *
 * @param name - what the page calls this server
 * @throws what the environment lacks, and what the log says
 */
export async function runStandalone(serve: Serve, open: OpenBroker, name: string): Promise<void> {
  const log = await open(process.env)
  const hub = createHub({ broker: log.broker })
  const options = demoOptions(process.env)
  const service = createService({ hub, ...options })
  const page = await loadPage({
    servers: [{ name }],
    topics: pageTopics,
    faults: [],
    unplug: 'client',
    ticker: 'server',
  })
  const parts = { hub, auth: options.auth, begin: (topic: string, prompt: string) => produce(hub, topic, prompt, name) }

  const fetch = async (request: Request): Promise<Response> =>
    (await page(request)) ?? (await routeAnswers(request, parts)) ?? service.fetch(request)
  const port = Number(process.env['PORT'] || 3000)
  const server = await serve({ fetch, port, hostname: '127.0.0.1' })
  const stopPublishing = startPublishing(hub)
  const stop = async (): Promise<void> => {
    stopPublishing()
    await server.close({ hub, within: 500 })
    await log.close()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop()).once('SIGINT', () => void stop())
  console.log(`listening ${server.url}`)
}
