import { type RunningServer, serve } from '@holdfast/adapters/bun'
import process from 'node:process'

/** Serve on loopback only, or end the process with one line that says why not. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
): Promise<RunningServer> {
  try {
    return await serve({ fetch, port, hostname: '127.0.0.1' })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error('The demo needs four ports in a row. To begin at another one: PORT=4000 npm start')
    process.exit(1)
  }
}
