import { execFile } from 'node:child_process'
import { chown, rm } from 'node:fs/promises'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from '../free-port.ts'
import { launch, type LaunchedServer } from '../launch.ts'
import { temporaryFolder, type TemporaryFolder } from '../runtimes/temporary-folder.ts'

const run = promisify(execFile)

/** A Postgres of our own, on one port and with one folder for all its lives. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number
  readonly #path: string
  readonly #folder: TemporaryFolder
  readonly #args: readonly string[]
  #process: LaunchedServer | undefined

  private constructor(path: string, port: number, folder: TemporaryFolder, isDurable: boolean) {
    this.#path = path
    this.port = port
    this.#folder = folder
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: 200,
      // A kill -9 loses nothing either way; only a machine that loses its power tells the difference.
      fsync: isDurable ? 'on' : 'off',
    }
    this.#args = [
      '-D',
      `${folder.path}/data`,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]
  }

  /** Make a cluster and start it. @param path - of `postgres`, beside which `initdb` is */
  static async start(path: string, { durable = false }: { durable?: boolean } = {}): Promise<PostgresServer> {
    const folder = await temporaryFolder()
    const server = new PostgresServer(path, await freePort(), folder, durable)
    await server.#initialise()
    await server.start()
    return server
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`
  }

  /** Start it again. */
  async start(): Promise<void> {
    const [command, prefix] = await asUser(this.#path)
    this.#process = await launch({
      // Its log goes to stderr, and what is launched says on stdout that it is ready.
      command: 'sh',
      args: ['-c', 'exec "$@" 2>&1', 'sh', command, ...prefix, ...this.#args],
      cwd: this.#folder.path,
      ready: /database system is ready to accept connections/,
    })
  }

  /** While it is down: let it forget everything. */
  async wipe(): Promise<void> {
    await rm(`${this.#folder.path}/data`, { recursive: true, force: true })
    await this.#initialise()
  }

  /** End it in order, whoever is connected. */
  async stop(): Promise<void> {
    this.#process?.signal('SIGINT')
    await this.#process?.exited
  }

  /** kill -9 for all of it. */
  async kill(): Promise<void> {
    this.#signalAll('SIGKILL')
    await this.#process?.close()
    // Its children have groups of their own; they hold memory that a new one would find in use.
    for (let left = this.#children; left.length > 0; left = left.filter(isAlive)) await wait(10)
  }

  /** kill -9, and start it again. */
  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** SIGSTOP all of it, until the function that is returned is called. */
  freeze(): () => void {
    this.#signalAll('SIGSTOP')
    return () => this.#signalAll('SIGCONT')
  }

  /** One statement, or several, on a connection of its own. */
  async query(text: string): Promise<Record<string, unknown>[]> {
    const client = new Client(this.url)
    await client.connect()
    try {
      const { rows } = await client.query<Record<string, unknown>>(text)
      return rows
    } finally {
      await client.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#folder[Symbol.asyncDispose]()
  }

  #children: number[] = []

  async #initialise(): Promise<void> {
    const [user] = await unprivileged()
    if (user) await chown(this.#folder.path, user.uid, user.gid)
    const args = [
      '-D',
      `${this.#folder.path}/data`,
      '-U',
      'postgres',
      '--auth=trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ]
    const [command, prefix] = await asUser(`${dirname(this.#path)}/initdb`)
    await run(command, [...prefix, ...args], { cwd: this.#folder.path })
  }

  #signalAll(signal: NodeJS.Signals): void {
    const parent = this.#process?.pid ?? 0
    if (parent === 0) return
    this.#children = childrenOf(parent)
    for (const pid of [parent, ...this.#children]) {
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function childrenOf(parent: number): number[] {
  const parentOf = (pid: string): string | undefined => {
    try {
      // After the parenthesised name: state, parent.
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]
    } catch {
      return undefined
    }
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === String(parent))
    .map(Number)
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Postgres does not run as root: then it is the user of Debian's package. */
async function unprivileged(): Promise<{ uid: number; gid: number }[]> {
  if (process.getuid?.() !== 0) return []
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
  )
  return [{ uid: uid ?? 0, gid: gid ?? 0 }]
}

async function asUser(command: string): Promise<[command: string, prefix: string[]]> {
  const [user] = await unprivileged()
  return user ? ['setpriv', [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', command]] : [command, []]
}
