import { fileURLToPath } from 'node:url'
import type { Down, Traffic, Up } from './messages.ts'

/** A stream server in its own process, started again whenever it dies. */
export interface StreamServer {
  /** Resolves with its port once it listens; rejects when it never did. */
  readonly port: Promise<number>
  /** What it has told last, counted from its latest start. */
  traffic(): Traffic
  /** Drain it, and kill it where that takes longer than a second. */
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('./stream-server.ts', import.meta.url))
const idle: Traffic = { subscribers: 0, events: 0, bytes: 0 }
const restartDelay = 500
const patience = 1_000

type Child = Bun.Subprocess<'ignore', 'inherit', 'inherit'>

/** Start a stream server. `port` 0 picks a free one, kept from then on. */
export function startStreamServer(options: { port: number; env: Record<string, string> }): StreamServer {
  const listening = Promise.withResolvers<number>()
  let { port } = options
  let traffic = idle
  let stopping = false
  let child = start()

  function start(): Child {
    const env = { ...process.env, ...options.env, PORT: String(port) }
    const started: Child = Bun.spawn([process.execPath, '--conditions=@holdfast/source', program], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: (message: Up) => receive(message),
    })
    const receive = (message: Up) => {
      if (message.kind === 'listening') listening.resolve((port = message.port))
      else traffic = message.traffic
    }
    void started.exited.then(() => {
      traffic = idle
      listening.reject(new Error(`The stream server on port ${port} did not start`))
      if (!stopping) setTimeout(() => stopping || (child = start()), restartDelay)
    })
    return started
  }

  return {
    port: listening.promise,
    traffic: () => traffic,
    async stop() {
      stopping = true
      tell(child, { kind: 'stop' })
      const kill = setTimeout(() => child.kill('SIGKILL'), patience)
      await child.exited
      clearTimeout(kill)
    },
  }
}

// A process that has just died is not worth an error: its end is handled where it is awaited.
function tell(child: Child, message: Down): void {
  if (child.exitCode === null && child.signalCode === null) child.send(message)
}
