import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { schemaVersion } from '../src/postgres/migration.ts'
import type { PooledClient, PostgresPool } from '../src/postgres/pool.ts'
import { Queries } from '../src/postgres/queries.ts'

class Client extends EventEmitter implements PooledClient {
  readonly released: (boolean | undefined)[] = []

  query(): Promise<{ rows: unknown[] }> {
    return Promise.resolve({ rows: [{ number: schemaVersion }] })
  }

  release(destroy?: boolean): void {
    this.released.push(destroy)
  }
}

class Pool extends EventEmitter implements PostgresPool {
  readonly options = {}
  readonly client = new Client()

  connect(callback: (error: undefined, client: PooledClient) => void): void {
    callback(undefined, this.client)
    // As pg does where Postgres ends a connection in the packet in which it says that it is ready.
    this.client.emit('error', new Error('terminating connection due to administrator command'))
  }
}

it('survives a connection that ends in the moment in which it is lent, and gives it back as it was', async () => {
  const pool = new Pool()
  const queries = new Queries(pool, 'holdfast', 1_000)
  await queries.run({ what: 'read', text: 'SELECT 1', values: [] })
  expect(pool.client.released).toEqual([undefined, undefined])
  expect(pool.client.listenerCount('error')).toBe(0)
  queries.close()
  expect(pool.listenerCount('error')).toBe(0)
})
