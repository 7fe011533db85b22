import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The demo of `npm start`, as a user runs it, on ports of its own. */
export interface Demo {
  /** The page with its token. */
  pageUrl: string
  /** The page's origin, which also takes publications. */
  origin: string
  /** The stream servers. */
  streams: string[]
  token: string
  process: ChildProcess
  stop(): Promise<void>
}

const script = fileURLToPath(new URL('../../../scripts/start.mjs', import.meta.url))

/** Start it, and wait until it prints its addresses. */
export async function startDemo(port = 0): Promise<Demo> {
  const child = spawn(process.execPath, [script], {
    // A log of its own, which goes with it.
    env: { ...process.env, HOLDFAST_DATA: 'memory', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const output = await printed(child, /Ctrl-C/)
  const [pageUrl = '', origin = '', token = ''] = /(http:\/\/localhost:\d+)\/#token=(\S+)/.exec(output) ?? []
  const ports = /stream servers on ([\d, ]+)/.exec(output)?.[1]?.split(', ') ?? []
  const streams = ports.map((port) => `http://localhost:${port}`)
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGINT')
    await once(child, 'exit')
  }
  return { pageUrl, origin, streams, token, process: child, stop }
}

async function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = ''
  child.stdout?.setEncoding('utf8')
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk)
    if (pattern.test(output)) return output
  }
  throw new Error(`The demo ended after printing ${JSON.stringify(output)}`)
}
