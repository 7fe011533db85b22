import { createHub } from '@holdfast/core/hub'
import { createService } from '../app.ts'
import { hubOptionsFromEnv, optionsFromEnv } from './env.ts'
import { portOf, type Variables } from './values.ts'

/** `serve` of `@holdfast/adapters/node`, `/bun` or `/deno`. */
export type Serve = (options: {
  fetch(request: Request, env: object): Response | Promise<Response>
  port: number
  hostname: string
}) => Promise<{
  readonly url: string
  close(options: { hub: ReturnType<typeof createHub>; within: number }): Promise<void>
}>

/** What is used of `node:process`, which Bun and Deno have as well. */
export interface ServiceProcess {
  readonly env: Variables
  once(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  exit(code: number): void
}

// A service manager kills what has not ended in 10 s.
const within = 5_000

/**
 * Run a service as a process of its own: its hub in memory, all else as its environment says ({@link ServiceEnv}, and
 * `HOST`, by default 127.0.0.1, and `PORT`, by default 3000). Prints `listening` and the address, and ends on SIGTERM and
 * SIGINT, after its clients had 5 s to go elsewhere.
 *
 * @throws {TypeError} a variable is missing or not of its kind
 * @throws {ListenFailedError} of `@holdfast/adapters`: the port is taken, say
 */
export async function runService(serve: Serve, process: ServiceProcess): Promise<void> {
  const { env } = process
  const hub = createHub(hubOptionsFromEnv(env))
  const { fetch } = createService({ hub, ...optionsFromEnv(env) })
  const { url, close } = await serve({ fetch, port: portOf(env), hostname: env['HOST'] || '127.0.0.1' })
  console.log(`listening ${url}`)
  const stop = (): void => void close({ hub, within }).then(() => process.exit(0))
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
