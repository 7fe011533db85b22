import { BrokerUnavailableError } from '@holdfast/core/hub'
import { withinDeadline } from '../log/deadline.ts'
import { migrationSql, schemaVersion } from './migration.ts'
import { namesOf } from './names.ts'
import type { PooledClient, PostgresPool } from './pool.ts'

/** A statement on its way. */
export interface Statement {
  /** The action as an error message tells of it: "publish". */
  what: string
  text: string
  values: unknown[]
  signal?: AbortSignal | undefined
}

/** Statements that may wait for a connection; a pool has no limit of its own. */
const maxWaiting = 10_000

/** Codes of what is not there: the schema, a table, a function. */
const notThere = new Set(['3F000', '42P01', '42883'])

/** Runs statements on connections of the user's pool, each within its time, on a schema that is up to date. */
export class Queries {
  readonly #pool: PostgresPool
  readonly #schema: string
  readonly #timeout: number
  #waiting = 0
  #migrated: Promise<void> | undefined

  constructor(pool: PostgresPool, schema: string, timeout: number) {
    this.#pool = pool
    this.#schema = schema
    this.#timeout = timeout
    // A connection that breaks while nobody uses it makes the pool emit an error, which would end the process.
    pool.on('error', ignore)
  }

  /** Run it, on a schema that is made first where it is missing. */
  async run(statement: Statement): Promise<unknown[]> {
    await this.#migrate()
    try {
      return await this.#run(statement)
    } catch (error) {
      if (!isNotThere(error)) throw error
      // Dropped meanwhile. What was to be done was not, so it can be done again.
      this.#migrated = undefined
      await this.#migrate()
      return await this.#run(statement)
    }
  }

  close(): void {
    this.#pool.removeListener('error', ignore)
  }

  #migrate(): Promise<void> {
    this.#migrated ??= this.#makeSchema().catch((error: unknown) => {
      this.#migrated = undefined
      throw error
    })
    return this.#migrated
  }

  async #makeSchema(): Promise<void> {
    const { version } = namesOf(this.#schema)
    try {
      const rows = await this.#run({ what: 'look at the schema', text: `SELECT number FROM ${version}`, values: [] })
      const [row] = rows as { number: number }[]
      if (row && row.number >= schemaVersion) return
    } catch (error) {
      if (!isNotThere(error)) throw error
    }
    await this.#run({ what: 'make the schema', text: migrationSql(this.#schema), values: [] })
  }

  async #run({ what, text, values, signal }: Statement): Promise<unknown[]> {
    if (this.#waiting >= maxWaiting)
      throw new BrokerUnavailableError(`Cannot ${what}: ${maxWaiting} statements wait for a connection already`)
    return await withinDeadline({ what, timeout: this.#timeout, signal }, async (given) => {
      const client = await this.#connect()
      if (given.aborted) giveBack(client)
      given.throwIfAborted()
      return await runOn(client, text, values, given)
    })
  }

  async #connect(): Promise<PooledClient> {
    this.#waiting++
    try {
      return await new Promise((resolve, reject) => this.#pool.connect(lend(resolve, reject)))
    } finally {
      this.#waiting--
    }
  }
}

// Lent out, a connection that breaks emits an error of its own, beside the rejection, and nobody else listens to it (pg
// 8.23). With a promise that would begin too late: what makes it ready and what ends it can come in one packet.
function lend(resolve: (client: PooledClient) => void, reject: (error: unknown) => void) {
  return (error: Error | undefined, client: PooledClient | undefined): void => {
    if (!client) return reject(error)
    client.on('error', ignore)
    resolve(client)
  }
}

function giveBack(client: PooledClient): void {
  client.release()
  client.removeListener('error', ignore)
}

// What failed or was given up is not used again: nobody knows what is still to come on it.
async function runOn(client: PooledClient, text: string, values: unknown[], given: AbortSignal): Promise<unknown[]> {
  let isReleased = false
  const release = (destroy: boolean): void => {
    if (isReleased) return
    isReleased = true
    given.removeEventListener('abort', giveUp)
    if (destroy) client.release(true)
    else giveBack(client)
  }
  const giveUp = (): void => release(true)
  given.addEventListener('abort', giveUp)
  try {
    const { rows } = await client.query({ text, values })
    release(false)
    return rows
  } catch (error) {
    release(true)
    throw error
  }
}

function ignore(): void {}

function isNotThere(error: unknown): boolean {
  const cause = error instanceof BrokerUnavailableError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && notThere.has(String(cause.code))
}
