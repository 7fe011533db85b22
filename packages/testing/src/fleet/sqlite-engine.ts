import { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import { temporaryFolder } from '../runtimes/temporary-folder.ts'
import type { AppServer } from './app-server.ts'
import type { FleetEngine } from './engine.ts'

/** A file that servers of one machine share. */
export interface FileEngine extends FleetEngine {
  readonly path: string
}

/** An SQLite file in a folder of its own. */
export async function startSqlite(): Promise<FileEngine> {
  const folder = await temporaryFolder()
  return fileEngine(`${folder.path}/log.sqlite`, async () => folder[Symbol.asyncDispose]())
}

export function fileEngine(path: string, dispose: () => Promise<void>, prefix: readonly string[] = []): FileEngine {
  return {
    path,
    prefix,
    // `lockTimeout` of the broker.
    deadline: 5_000,
    variables: () => ({ HOLDFAST_DATA: path }),
    [Symbol.asyncDispose]: dispose,
  }
}

const mostTries = 2_000

/** SIGSTOP within a transaction, or not within one, until the function that is returned is called. Tries until it is so. */
export async function freeze(
  server: AppServer,
  path: string,
  { isWriting }: { isWriting: boolean },
): Promise<() => void> {
  for (let tries = 0; tries < mostTries; tries++) {
    const thaw = server.freeze()
    // What others were writing is over by then.
    await wait(20)
    if (isLocked(path) === isWriting) return thaw
    thaw()
    await wait(1 + 20 * Math.random())
  }
  throw new Error(
    `Cannot freeze a server ${isWriting ? 'within' : 'outside of'} a transaction: tried ${mostTries} times`,
  )
}

/** Whether somebody holds the lock for longer than a transaction takes. */
function isLocked(path: string): boolean {
  const database = new DatabaseSync(path, { timeout: 200 })
  try {
    database.exec('BEGIN IMMEDIATE')
    database.exec('ROLLBACK')
    return false
  } catch (error) {
    if (error instanceof Error && error.message.includes('database is locked')) return true
    throw error
  } finally {
    database.close()
  }
}
