import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { freePort } from '../free-port.ts'
import { launch, LaunchedServer } from '../launch.ts'
import { chromiumFlags } from './chromium-flags.ts'
import type { Command } from './commands.ts'
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts'

/** A process, and the folder that it needs. */
export interface Started extends AsyncDisposable {
  readonly process: LaunchedServer
}

/** Start a module as a script of its own, outside of the workspace and its configuration. */
export async function startScript(
  { command, args = [], env }: Command,
  module: Uint8Array,
  scriptArgs: readonly string[],
): Promise<Started> {
  const folder = await temporaryFolder({ 'script.mjs': module })
  const process = new LaunchedServer({ command, args: [...args, `${folder.path}/script.mjs`, ...scriptArgs], env })
  return started(process, folder)
}

/** What a Worker has besides its code. */
export interface WorkerOptions {
  /** Classes of Durable Objects that the module exports, by the name of their binding. */
  objects?: Record<string, string>
}

/** Start a module as a Worker in workerd itself: under wrangler, Node would make its requests. */
export async function startWorker(
  module: Uint8Array,
  { objects = {} }: WorkerOptions = {},
): Promise<Started & { url: string }> {
  const port = await freePort()
  const folder = await temporaryFolder({ 'worker.mjs': module, 'config.capnp': workerdConfig(port, objects) })
  await mkdir(`${folder.path}/objects`)
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
  const { default: command } = createRequire(wrangler)('workerd') as { default: string }
  const process = await launch({
    command,
    args: ['serve', '--control-fd=1', `--directory-path=objects=${folder.path}/objects`, `${folder.path}/config.capnp`],
    ready: /"event":"listen"/,
  })
  return { ...started(process, folder), url: `http://127.0.0.1:${port}` }
}

/** Open a page in the Chromium at this path. */
export async function startPage(path: string, url: string): Promise<Started> {
  const folder = await temporaryFolder()
  return started(
    new LaunchedServer({ command: path, args: [...chromiumFlags, `--user-data-dir=${folder.path}`, url] }),
    folder,
  )
}

function started(process: LaunchedServer, folder: TemporaryFolder): Started {
  return {
    process,
    async [Symbol.asyncDispose]() {
      await process.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

function workerdConfig(port: number, objects: Record<string, string>): string {
  const namespaces = Object.values(objects).map(
    (name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`,
  )
  const bindings = Object.entries(objects).map(
    ([name, type]) => `(name = "${name}", durableObjectNamespace = "${type}")`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
      compatibilityDate = "2026-11-01",
      durableObjectNamespaces = [${namespaces.join(', ')}],
      durableObjectStorage = (localDisk = "objects"),
      bindings = [${bindings.join(', ')}],
    )),
    (name = "objects", disk = (writable = true)),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}
