import { postgresBroker, type PostgresBrokerOptions } from '@holdfast/adapters/postgres'
import type { Broker } from '@holdfast/core/hub'
import { Pool } from 'pg'
import type { OpenBroker } from '../engine.ts'

export const openBroker: OpenBroker = async (connection, limits) => openPostgresBroker(connection, limits)

/** @param connection - a URL with a `schema` */
export function openPostgresBroker(connection: string, options: PostgresBrokerOptions): Broker {
  const url = new URL(connection)
  const schema = url.searchParams.get('schema') ?? 'test'
  url.search = ''
  const pool = new Pool({ connectionString: url.href, max: 5, connectionTimeoutMillis: 2_000 })
  // As its user has to: a connection that breaks while nobody uses it is told here, also once the broker is closed.
  pool.on('error', () => {})
  // Faults are over sooner than in production, and so is the wait for them.
  const broker = postgresBroker(pool, { timeout: 4_000, checkInterval: 1_000, ...options, schema })
  return { ...methods(broker), close: () => closeBoth(broker, pool) }
}

// The broker leaves the pool to whom it belongs.
async function closeBoth(broker: Broker, pool: Pool): Promise<void> {
  await broker.close()
  if (!pool.ended && !pool.ending) await pool.end()
}

function methods({ publish, read, subscribe, signals }: Broker): Omit<Broker, 'close'> {
  return { publish, read, subscribe, signals }
}
