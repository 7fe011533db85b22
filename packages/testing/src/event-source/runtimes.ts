import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { freePort, launch, LaunchedServer } from '../launch.ts'
import type { CaseResult } from './suite.ts'

/** How a runtime is started. */
export interface Command {
  command: string
  args?: string[]
}

/** The URLs of the two case servers. */
export type Bases = [base: string, otherBase: string]

const suiteTime = 90_000

type Entry = 'process' | 'lifetime' | 'worker' | 'page'

/** One of the entries as a module of its own, minified as a page's bundler would. */
export async function bundle(entry: Entry): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./entries/${entry}.ts`, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: entry === 'process' || entry === 'lifetime' ? 'node' : 'browser',
    conditions: ['@holdfast/source'],
    write: false,
  })
  const [file] = outputFiles
  if (!file) throw new Error(`Cannot bundle "${entry}": esbuild gave nothing`)
  return file.contents
}

/** A runtime that runs a script and ends by itself: one that does not has a timer or a socket left. */
export async function runInProcess({ command, args = [] }: Command, [base, otherBase]: Bases, entry: Entry = 'process'): Promise<CaseResult[]> {
  await using folder = await folderWith({ 'suite.mjs': await bundle(entry) })
  const script = join(folder.path, 'suite.mjs')
  await using server = new LaunchedServer({ command, args: [...args, script, base, otherBase], env: { DENO_NO_UPDATE_CHECK: '1' } })
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, suiteTime, 'late').unref())
  const code = await Promise.race([server.exited, late])
  const json = /^results (.*)$/m.exec(server.output)?.[1]
  if (json === undefined || code !== 0) throw new Error(`Cannot run the suite with ${command}: ${code}\n${server.output.slice(-5_000)}`)
  return JSON.parse(json) as CaseResult[]
}

/** workerd itself: under wrangler, Node would make its requests. */
export async function runInWorkerd([base, otherBase]: Bases): Promise<CaseResult[]> {
  const port = await freePort()
  await using folder = await folderWith({ 'worker.mjs': await bundle('worker'), 'config.capnp': workerdConfig(port) })
  const wrangler = createRequire(import.meta.url).resolve('wrangler/package.json')
  const { default: command } = createRequire(wrangler)('workerd') as { default: string }
  await using _server = await launch({
    command,
    args: ['serve', '--control-fd=1', join(folder.path, 'config.capnp')],
    ready: /"event":"listen"/,
  })
  const response = await fetch(`http://127.0.0.1:${port}/?base=${base}&otherBase=${otherBase}`, { signal: AbortSignal.timeout(suiteTime) })
  return (await response.json()) as CaseResult[]
}

/** A page in Chromium, which sends its results to the server it came from. */
export async function runInChromium(path: string, page: string, results: Promise<CaseResult[]>): Promise<CaseResult[]> {
  await using folder = await folderWith({})
  await using browser = new LaunchedServer({ command: path, args: [...chromiumFlags, `--user-data-dir=${folder.path}`, page] })
  const gone = browser.exited.then((code) => Promise.reject(new Error(`Chromium exited with ${code}\n${browser.output.slice(-5_000)}`)))
  const late = new Promise<never>((_, reject) => setTimeout(reject, suiteTime, new Error(`No results in ${suiteTime} ms`)).unref())
  const done = await Promise.race([results, gone, late])
  gone.catch(() => {})
  return done
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
  const path = await mkdtemp(join(tmpdir(), 'holdfast-event-source-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
