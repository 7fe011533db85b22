import { type Broker, createHub } from '@holdfast/core/hub'
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

/** `brokerFromEnv` of `@holdfast/adapters/environment`, or another way to a log that hubs share. */
export type OpenBroker = (env: Variables) => Promise<{
  readonly broker: Broker
  readonly description: string
  close(): Promise<void>
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
 * Run a service as a process of its own, as its environment says ({@link ServiceEnv}, and `HOST`, by default 127.0.0.1, and
 * `PORT`, by default 3000; what `open` takes from it says where topics are kept). Prints `listening` and the address, and
 * ends on SIGTERM and SIGINT, after its clients had 5 s to go elsewhere.
 *
 * @throws {InvalidOptionError} a variable is missing or not of its kind
 * @throws {ListenFailedError} of `@holdfast/adapters`: the port is taken, say
 * @throws what `open` throws: an engine that cannot be reached, say
 */
export async function runService(serve: Serve, process: ServiceProcess, open: OpenBroker): Promise<void> {
  const { env } = process
  const [hubOptions, serviceOptions, port] = [hubOptionsFromEnv(env), optionsFromEnv(env), portOf(env)]
  const engine = await open(env)
  const hub = createHub({ ...hubOptions, broker: engine.broker })
  const { fetch } = createService({ hub, ...serviceOptions })
  const { url, close } = await serve({ fetch, port, hostname: env['HOST'] || '127.0.0.1' })
  console.log(`listening ${url} (topics: ${engine.description})`)
  const stop = async (): Promise<void> => {
    await close({ hub, within })
    await engine.close()
    process.exit(0)
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
}
