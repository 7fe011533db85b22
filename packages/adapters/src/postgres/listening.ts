import { Connection, type Link } from '../log/connection.ts'
import type { SchemaNames } from './names.ts'
import type { Notification, PostgresClient, PostgresPool } from './pool.ts'

/** Milliseconds. */
const goodbye = 500

/** The broker's own connection that listens, made like those of the pool. */
export function listenWith(
  pool: PostgresPool,
  { wakeChannel, signalChannel }: SchemaNames,
  timeout: number,
  on: { open(): void; notification(message: Notification): void },
): Connection<Link> {
  return new Connection<Link>({
    timeout,
    onOpen: on.open,
    open: async (onLost, signal) => {
      if (!pool.Client) throw new TypeError('Cannot listen: this pool does not say what its connections are made with')
      const client = new pool.Client(pool.options)
      // The end follows, and whoever waits is told by a rejection.
      client.on('error', () => {})
      client.on('end', onLost)
      client.on('notification', on.notification)
      const abort = (): void => end(client)
      signal.addEventListener('abort', abort, { once: true })
      try {
        await client.connect()
        await client.query(`LISTEN "${wakeChannel}"; LISTEN "${signalChannel}"`)
        return { close: () => end(client) }
      } catch (error) {
        end(client)
        throw error
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
  })
}

// It says goodbye, and is torn down where nobody answers: `end` would wait for the other side for ever (pg 8.23).
function end(client: PostgresClient): void {
  const timer = setTimeout(() => client.connection?.stream?.destroy(), goodbye)
  client
    .end()
    .catch(() => {})
    .finally(() => clearTimeout(timer))
}
