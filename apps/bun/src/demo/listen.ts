import { type RunningServer, serve } from '@holdfast/adapters/bun'
import process from 'node:process'
import { Relay } from './relay.ts'

/** Serve the page on loopback only, or end the process with one line that says why not. */
export async function listen(fetch: (request: Request) => Promise<Response>, port: number): Promise<RunningServer> {
  return serve({ fetch, port, hostname: '127.0.0.1' }).catch(giveUp)
}

/** Open the three ports above it, or end the process likewise. With port 0 each gets a free one. */
export async function listenRelays(port: number): Promise<Relay[]> {
  const ports = [1, 2, 3].map((number) => (port === 0 ? 0 : port + number))
  return Promise.all(ports.map((each) => Relay.listen(each))).catch(giveUp)
}

function giveUp(error: unknown): never {
  console.error(error instanceof Error ? error.message : error)
  console.error('The demo needs four ports in a row. To begin at another one: PORT=4000 npm start')
  process.exit(1)
}
