import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { cpuOf } from '../cpu.ts'

/** The bench's Worker in a workerd of its own. */
export interface Workerd {
  url: string
  /** CPU milliseconds of the process that runs the Worker and its objects. The proxy in front does not count. */
  cpu(): number
  /** Its resident memory in KB. */
  memory(): number
  close(): Promise<void>
}

export async function startWorkerd(): Promise<Workerd> {
  Object.assign(process.env, {
    WRANGLER_BUILD_CONDITIONS: '@holdfast/source,workerd,worker,browser,import',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  })
  const { createTestHarness } = await import('wrangler')
  const before = new Set(processes())
  const harness = createTestHarness({
    workers: [{ configPath: fileURLToPath(new URL('./worker/wrangler.jsonc', import.meta.url)) }],
  })
  const { url } = await harness.listen()
  const own = processes().filter((pid) => !before.has(pid))
  // The one that works is the Worker's.
  const idle = own.map(cpuOf)
  await (await fetch(new URL('/publish?count=300', url))).text()
  const pid = own.reduce((busiest, each, index) =>
    cpuOf(each) - idle[index]! > cpuOf(busiest) - idle[own.indexOf(busiest)]! ? each : busiest,
  )
  return {
    url: url.href,
    cpu: () => cpuOf(pid),
    memory: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    close: () => harness.close(),
  }
}

function processes(): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split(
    '\n',
  )
  return lines.filter((line) => line.includes('workerd')).map((line) => Number.parseInt(line, 10))
}
