import { brokerFromEnv, type ChosenBroker } from '@holdfast/adapters/environment'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The log that all processes of the demo share. */
export interface SharedLog extends ChosenBroker {
  /** The environment variables that lead another process to it. */
  readonly env: Record<string, string>
}

/**
 * Open the log that the environment chooses. `memory` would be another one in each process: it is a file that goes with
 * the demo.
 */
export async function openLog(env: Readonly<Record<string, string | undefined>>): Promise<SharedLog> {
  if (env['HOLDFAST_DATA'] !== 'memory') return { ...(await brokerFromEnv(env)), env: {} }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'))
  const own = { HOLDFAST_DATA: join(folder, 'demo.sqlite') }
  const log = await brokerFromEnv({ ...env, ...own })
  return {
    ...log,
    env: own,
    description: 'a file that goes with this demo',
    close: () => log.close().finally(() => rm(folder, { recursive: true, force: true })),
  }
}
