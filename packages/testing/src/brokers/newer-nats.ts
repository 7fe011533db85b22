import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { workspaceRoot } from '../launch.ts'
import { requireTool } from '../require-tool.ts'

const fetched = `${workspaceRoot}node_modules/.cache/nats-server/usr/sbin/nats-server`

/** The path of a nats-server that keeps streams on several servers: what `scripts/newer-nats.mjs` brought, or the system's. */
export function newerNats(): string | undefined {
  const found = existsSync(fetched) ? fetched : requireTool('nats-server')
  if (found && keepsReplicas(found)) return found
  console.warn('Skipped: there is no nats-server 2.10.27 or newer. `node scripts/newer-nats.mjs` brings one')
  return undefined
}

/** Whether it is not 2.9. Which of 2.10 do, the broker itself says. */
export function keepsReplicas(path: string): boolean {
  const told = execFileSync(path, ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /(\d+)\.(\d+)/.exec(told) ?? []
  return Number(major) > 2 || Number(minor) >= 10
}
