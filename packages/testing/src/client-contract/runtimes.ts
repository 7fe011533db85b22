import process from 'node:process'
import { bundle } from '../runtimes/bundle.ts'
import { bundled } from '../runtimes/commands.ts'
import { startPage, startScript, type Started, startWorker } from '../runtimes/start.ts'
import type { Control } from './control.ts'

/** A client process. */
export interface Running extends AsyncDisposable {
  /** Rejects when it breaks off. Resolves when it has ended by itself, where a runtime does that. */
  readonly ended: Promise<void>
  /** Stop the process as a whole, or let it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
}

/** How the client under test is started. */
export interface ClientRuntime {
  name: string
  /** Whether a process ends by itself once nothing is left to do. */
  endsByItself: boolean
  start(control: Control, run: string): Promise<Running>
}

/** A runtime that runs a script: that of the client contract, unless told otherwise. */
export function scriptRuntime(
  name: string,
  runtime: keyof typeof bundled,
  script: URL = entry('process'),
): ClientRuntime {
  return {
    name,
    endsByItself: true,
    async start(control, run) {
      const client = await startScript(bundled[runtime], await bundle(script, 'node'), [control.url, run])
      const ended = client.process.exited.then((code) => {
        if (code !== 0) throw new Error(`${name} exited with ${code}\n${lastWords(client)}`)
      })
      return running(client, ended)
    },
  }
}

export const node: ClientRuntime = scriptRuntime('Node 26', 'node')
export const bun: ClientRuntime = scriptRuntime('Bun', 'bun')
export const deno: ClientRuntime = scriptRuntime('Deno', 'deno')

export const workerd: ClientRuntime = {
  name: 'workerd',
  endsByItself: false,
  async start(control, run) {
    const client = await startWorker(await bundle(entry('worker'), 'browser'))
    const ended = fetch(`${client.url}/?control=${control.url}&run=${run}`).then(async (response) => {
      const text = await response.text()
      if (text !== 'ended') throw new Error(`workerd answered ${response.status} ${text}\n${lastWords(client)}`)
    })
    return running(client, ended)
  },
}

/** A page in Chromium, of the origin that the driver's control is, with that script. */
export function chromium(path: string, script: URL = entry('page')): ClientRuntime {
  return {
    name: 'Chromium',
    endsByItself: false,
    async start(control, run) {
      control.script = await bundle(script, 'browser')
      const client = await startPage(path, `${control.url}/page?run=${run}`)
      const ended = client.process.exited.then((code) =>
        Promise.reject(new Error(`Chromium exited with ${code}\n${lastWords(client)}`)),
      )
      return running(client, ended)
    },
  }
}

function entry(name: 'process' | 'worker' | 'page'): URL {
  return new URL(`./entries/${name}.ts`, import.meta.url)
}

function lastWords({ process }: Started): string {
  return process.output.slice(-5_000)
}

function running(client: Started, ended: Promise<void>): Running {
  // Whoever awaits it later hears of it all the same.
  ended.catch(() => {})
  const signal = (name: NodeJS.Signals): void => void process.kill(-client.process.pid, name)
  return { ended, signal, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() }
}
