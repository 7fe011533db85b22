import process from 'node:process'
import { createFixture } from '../fixture-app.ts'
import type { Hub } from '@holdfast/core/hub'

interface Served {
  url: string
  close(options: { hub: Hub; within: number }): Promise<void>
}

interface Serving {
  fetch: (request: Request) => Promise<Response>
  port: number
  tls?: { key: string; cert: string }
  timeouts?: Record<string, number>
}

/** Serve the fixture, say where, and shut down on SIGTERM as an application should. `FIXTURE` has options of `serve` as JSON, and `within` for its `close`. */
export async function run(serve: (options: Serving) => Promise<Served>): Promise<void> {
  const { fetch, hub } = createFixture()
  const { within = 500, ...options } = JSON.parse(process.env['FIXTURE'] ?? '{}') as Partial<Serving> & {
    within?: number
  }
  // A session of a client that stalls is idle once its streams are cut: its timer must end within the contract.
  const server = await serve({ fetch, port: 0, timeouts: { idle: 20_000 }, ...options })
  console.log(`listening ${server.url}`)
  process.once('SIGTERM', async () => {
    const startedAt = performance.now()
    await server.close({ hub, within })
    console.log(`closed ${Math.round(performance.now() - startedAt)} ms`)
  })
}
