import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outside } from './outside.ts'

/** Start a server of the project, let it be used once it prints its address, and kill it. */
export async function whileRunning(
  { folder, env }: Outside,
  [command = '', ...args]: readonly string[],
  address: RegExp,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    let output = ''
    const found = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          const [, url] = address.exec((output += text)) ?? []
          if (url !== undefined) resolve(url)
        })
      }
    })
    const gone = once(child, 'exit').then(() => {
      throw new Error(`${command} ${args.join(' ')} ended before it printed an address:\n${output}`)
    })
    await use(await Promise.race([found, gone]))
  } finally {
    child.kill('SIGKILL')
  }
}

/** Let a Worker of the project's `dist` be used. */
export async function inWorkerd({ folder }: Outside, main: string, use: (url: string) => Promise<void>): Promise<void> {
  const config = JSON.parse(readFileSync(join(folder, 'wrangler.json'), 'utf8')) as object
  const configPath = join(folder, `wrangler.${main.replaceAll('/', '.')}.json`)
  writeFileSync(configPath, JSON.stringify({ ...config, main: `dist/${main}` }))
  // Read when wrangler is loaded.
  Object.assign(process.env, { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' })
  const { createTestHarness } = await import('wrangler')
  const harness = createTestHarness({ workers: [{ configPath }] })
  try {
    const { url } = await harness.listen()
    await use(url.origin)
  } finally {
    await harness.close()
  }
}
