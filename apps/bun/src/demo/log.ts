import { brokerFromEnv, type ChosenBroker } from '@holdfast/adapters/environment'
import { sqliteBroker } from '@holdfast/adapters/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The log that all processes of the demo share. */
export interface SharedLog extends ChosenBroker {
  /** The environment variables that lead another process to it. */
  readonly env: Record<string, string>
}

type Variables = Readonly<Record<string, string | undefined>>

const engines = ['REDIS_URL', 'DATABASE_URL', 'NATS_URL']

// Of the ticker two minutes: what a page shows, and more than that would only make it open late.
const maxEvents = 1_200

/**
 * Open the log that the environment chooses. `memory` would be another one in each process: it is a file that goes with
 * the demo.
 */
export async function openLog(env: Variables): Promise<SharedLog> {
  if (engines.some((name) => env[name])) return { ...(await brokerFromEnv(env)), env: {} }
  if (env['HOLDFAST_DATA'] !== 'memory') return openFile(env['HOLDFAST_DATA'] || 'holdfast.sqlite')
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
  const log = openFile(join(folder, 'demo.sqlite'))
  return {
    ...log,
    description: 'a file that goes with this demo',
    close: () => log.close().finally(() => rm(folder, { recursive: true, force: true })),
  }
}

function openFile(path: string): SharedLog {
  const broker = sqliteBroker(path, { maxEvents })
  return { broker, description: `sqlite in ${path}`, env: { HOLDFAST_DATA: path }, close: () => broker.close() }
}
