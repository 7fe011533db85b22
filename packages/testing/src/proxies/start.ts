import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { freePort } from '../free-port.ts'
import { launch, type LaunchOptions } from '../launch.ts'
import { temporaryFolder } from '../runtimes/temporary-folder.ts'

/** What is started. */
export interface ProxyOptions {
  /** Of the program. */
  path: string
  /** Its configuration, as docs/proxies.md shows it. */
  block: string
  /** The port of the server behind it. */
  origin: number
  /** What the configuration names beside itself. */
  files?: Record<string, string>
}

/** A proxy in front of a server. */
export interface RunningProxy extends AsyncDisposable {
  readonly port: number
  /** Where it keeps its files: nginx, its `access.log`. */
  readonly folder: string
}

/** What a program wants around a block of the document, and how it is started with that. */
interface Program {
  around(block: string, folder: string): string
  command(file: string, folder: string): Omit<LaunchOptions, 'command'>
}

/** Start a proxy on a free port, in a folder of its own. */
export type StartProxy = (options: ProxyOptions) => Promise<RunningProxy>

export const startNginx: StartProxy = (options) =>
  start(options, {
    around(block, folder) {
      const site = block
        .replaceAll(/ (\w+\.pem);/g, ` ${folder}/$1;`)
        .replace(/access_log \S+/, `access_log ${folder}/access.log`)
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${folder}/${name};`,
      )
      // Its workers are somebody else where a superuser starts it, and could not write into the folder.
      const user = process.getuid?.() === 0 ? 'user root;' : ''
      return `${user}\nerror_log stderr notice;\nevents {}\nhttp {\n${paths.join('\n')}\n${site}\n}\n`
    },
    command: (file, folder) => ({
      args: ['-p', folder, '-c', file, '-g', `daemon off; pid ${folder}/pid;`],
      ready: /start worker process/,
    }),
  })

export const startHaproxy: StartProxy = (options) =>
  start(options, {
    around: (block) => block,
    command: (file) => ({ args: ['-W', '-db', '-f', file], ready: /Loading success/ }),
  })

export const startCaddy: StartProxy = (options) =>
  start(options, {
    // With a host instead of a port alone it would want TLS.
    around: (block) => `{\n  admin off\n}\n\nhttp://${block}`,
    command: (file, folder) => ({
      args: ['run', '--adapter', 'caddyfile', '--config', file],
      env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
      ready: /serving initial configuration/,
    }),
  })

async function start({ path, block, origin, files = {} }: ProxyOptions, program: Program): Promise<RunningProxy> {
  const port = await freePort()
  // The document listens to everybody, a test to this machine alone.
  const here = block
    .replaceAll(/(listen |bind |^):?(8080|8443)\b/gm, `$1127.0.0.1:${port}`)
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${origin}`)
  const folder = await temporaryFolder(files)
  const file = `${folder.path}/proxy.conf`
  await writeFile(file, program.around(here, folder.path))
  const running = await launch({ command: path, ...program.command(file, folder.path) })
  return {
    port,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await running.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
