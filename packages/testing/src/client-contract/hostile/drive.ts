import { fileURLToPath } from 'node:url'
import { CaseServer } from '../../event-source/case-server.ts'
import { freePort } from '../../free-port.ts'
import { launch, type LaunchedServer } from '../../launch.ts'
import { Control } from '../control.ts'
import type { ClientRuntime } from '../runtimes.ts'
import { type HostilePlan, type HostileResult, hostileRun } from './run.ts'

const program = fileURLToPath(new URL('../entries/hostile-hub.ts', import.meta.url))
/** Far above what all cases take. */
const patience = 150_000

/** Play cases in a client process of their own. @returns what each failed with; undefined for those that passed */
export async function playHostile(
  runtime: ClientRuntime,
  cases: readonly string[],
): Promise<Map<string, Error | undefined>> {
  await using stack = new AsyncDisposableStack()
  const [server, other, control] = [stack.use(new CaseServer()), stack.use(new CaseServer()), stack.use(new Control())]
  const [hub, mortal] = [stack.use(new HostileHub(await freePort())), stack.use(new HostileHub(await freePort()))]
  await Promise.all([hub.start(0), mortal.start(0), control.listen()])
  const plan: HostilePlan = {
    cases: [...cases],
    servers: {
      base: await server.listen(),
      otherBase: await other.listen(),
      hub: hub.url,
      mortalHub: mortal.url,
      control: control.url,
    },
  }
  control.on('/hostile', () => plan)
  control.on('/restart', (_, query) => mortal.start(Number(query.get('offset'))))
  const reported = new Promise<HostileResult[]>((resolve) => {
    control.on('/results', (body) => resolve(JSON.parse(body) as HostileResult[]))
  })
  const client = stack.use(await runtime.start(control, hostileRun))
  const results = await Promise.race([reported, late(), client.ended.then(() => reported)])
  return new Map(results.map(({ name, error }) => [name, error === undefined ? undefined : new Error(error)]))
}

/** A real hub, whose process may be started anew with another clock. */
class HostileHub implements AsyncDisposable {
  readonly url: string
  readonly #port: number
  #process: LaunchedServer | undefined

  constructor(port: number) {
    this.#port = port
    this.url = `http://127.0.0.1:${port}`
  }

  async start(clockOffset: number): Promise<void> {
    await this.#process?.close()
    const args = ['--conditions=@holdfast/source', program, String(this.#port), String(clockOffset)]
    this.#process = await launch({ command: 'node', args })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.close()
  }
}

function late(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(reject, patience, new Error(`No results in ${patience} ms`)).unref()
  })
}
