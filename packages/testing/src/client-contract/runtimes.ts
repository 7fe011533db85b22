import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort, launch, LaunchedServer, workspaceRoot } from '../launch.ts'
import type { Control } from './control.ts'

/** A client process. */
export interface Running extends AsyncDisposable {
  /** Rejects when it breaks off. Resolves when it has ended by itself, where a runtime does that. */
  readonly ended: Promise<void>
}

/** How the client under test is started. */
export interface ClientRuntime {
  name: string
  /** Whether a process ends by itself once nothing is left to do. */
  endsByItself: boolean
  start(control: Control, run: string): Promise<Running>
}

/** A runtime that runs a script. */
function scriptRuntime(name: string, command: string, args: readonly string[] = []): ClientRuntime {
  return {
    name,
    endsByItself: true,
    async start(control, run) {
      const folder = await folderWith({ 'client.mjs': await bundle('process') })
      const child = new LaunchedServer({ command, args: [...args, join(folder.path, 'client.mjs'), control.url, run], env: { DENO_NO_UPDATE_CHECK: '1' } })
      const ended = child.exited.then((code) => {
        if (code !== 0) throw new Error(`${name} exited with ${code}\n${child.output.slice(-5_000)}`)
      })
      return running(ended, child, folder)
    },
  }
}

export const node: ClientRuntime = scriptRuntime('Node 26', 'node')
export const bun: ClientRuntime = scriptRuntime('Bun', 'bun')
/** The binary itself, since its npm shim does not pass signals on. */
export const deno: ClientRuntime = scriptRuntime('Deno', `${workspaceRoot}node_modules/deno/deno`, ['run', '-A', '--no-config'])

/** workerd itself: under wrangler, Node would make its requests. */
export const workerd: ClientRuntime = {
  name: 'workerd',
  endsByItself: false,
  async start(control, run) {
    const port = await freePort()
    const folder = await folderWith({ 'worker.mjs': await bundle('worker'), 'config.capnp': workerdConfig(port) })
    const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
    const { default: command } = createRequire(wrangler)('workerd') as { default: string }
    const child = await launch({ command, args: ['serve', '--control-fd=1', join(folder.path, 'config.capnp')], ready: /"event":"listen"/ })
    const ended = fetch(`http://127.0.0.1:${port}/?control=${control.url}&run=${run}`).then(async (response) => {
      const text = await response.text()
      if (text !== 'ended') throw new Error(`workerd answered ${response.status} ${text}\n${child.output.slice(-5_000)}`)
    })
    return running(ended, child, folder)
  },
}

/** A page in Chromium, of the origin that the driver's control is. */
export function chromium(path: string): ClientRuntime {
  return {
    name: 'Chromium',
    endsByItself: false,
    async start(control, run) {
      control.script = await bundle('page')
      const folder = await folderWith({})
      const args = [...chromiumFlags, `--user-data-dir=${folder.path}`, `${control.url}/page?run=${run}`]
      const child = new LaunchedServer({ command: path, args })
      const ended = child.exited.then((code) => Promise.reject(new Error(`Chromium exited with ${code}\n${child.output.slice(-5_000)}`)))
      return running(ended, child, folder)
    },
  }
}

const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

function running(ended: Promise<void>, child: LaunchedServer, folder: AsyncDisposable): Running {
  // Whoever awaits it later hears of it all the same.
  ended.catch(() => {})
  return {
    ended,
    async [Symbol.asyncDispose]() {
      await child.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function bundle(entry: 'process' | 'worker' | 'page'): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./entries/${entry}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: entry === 'process' ? 'node' : 'browser',
    conditions: ['@holdfast/source'],
    write: false,
  })
  const [file] = outputFiles
  if (!file) throw new Error(`Cannot bundle "${entry}": esbuild gave nothing`)
  return file.contents
}

function workerdConfig(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "worker.mjs", esModule = embed "worker.mjs")], compatibilityDate = "2026-11-01")),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`
}

async function folderWith(files: Record<string, string | Uint8Array>): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-client-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
