import process from 'node:process'
import { createFixture } from '../fixture-app.ts'
import type { Hub } from '@holdfast/core/hub'

interface Served {
  url: string
  close(options: { hub: Hub; within: number }): Promise<void>
}

/** Serve the fixture, say where, and shut down on SIGTERM as an application should. */
export async function run(
  serve: (options: {
    fetch: (request: Request) => Promise<Response>
    port: number
    hostname: string
  }) => Promise<Served>,
): Promise<void> {
  const { fetch, hub } = createFixture()
  const server = await serve({ fetch, port: 0, hostname: '127.0.0.1' })
  console.log(`listening ${server.url}`)
  process.once('SIGTERM', async () => {
    const startedAt = performance.now()
    await server.close({ hub, within: 500 })
    console.log(`closed ${Math.round(performance.now() - startedAt)} ms`)
  })
}
