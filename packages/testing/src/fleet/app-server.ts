import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer, workspaceRoot } from '../launch.ts'
import { fromSource } from '../runtimes/commands.ts'

/** What runs an app of `apps/` as a process of its own. */
export type AppRuntime = 'node' | 'bun' | 'deno'

/** Who may publish to what {@link launchApp} starts. */
export const token = 's3cret-and-long-enough'
/** What everybody may read there. */
export const topic = 'news'

/**
 * Start the app of a runtime.
 *
 * @param variables - of its environment, which choose its engine among other things
 * @param port - default one that it picks itself
 * @param prefix - a command that runs it, such as one that enters a namespace
 */
export function launchApp(
  runtime: AppRuntime,
  variables: Record<string, string>,
  port = 0,
  prefix: readonly string[] = [],
): Promise<LaunchedServer> {
  const { command, args, env } = fromSource[runtime]
  const [first, ...others] = [...prefix, command]
  return launch({
    command: first ?? command,
    args: [...others, ...args, `${workspaceRoot}apps/${runtime}/src/main.ts`],
    env: { ...env, HOLDFAST_TOKEN: token, HOLDFAST_PUBLIC_TOPICS: topic, PORT: String(port), ...variables },
  })
}

/** An app on one port for all its lives. */
export class AppServer implements AsyncDisposable {
  readonly runtime: AppRuntime
  readonly url: string
  readonly #launch: () => Promise<LaunchedServer>
  #process: LaunchedServer | undefined

  private constructor(runtime: AppRuntime, port: number, start: () => Promise<LaunchedServer>) {
    this.runtime = runtime
    this.url = `http://127.0.0.1:${port}`
    this.#launch = start
  }

  static async start(
    runtime: AppRuntime,
    variables: Record<string, string>,
    prefix?: readonly string[],
  ): Promise<AppServer> {
    const port = await freePort()
    const server = new AppServer(runtime, port, () => launchApp(runtime, variables, port, prefix))
    await server.start()
    return server
  }

  async start(): Promise<void> {
    this.#process = await this.#launch()
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#process?.close()
  }

  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void {
    this.#process?.signal('SIGSTOP')
    return () => this.#process?.signal('SIGCONT')
  }

  /** What it printed last. */
  get output(): string {
    return this.#process?.output ?? ''
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}
