import { BrokerClosedError, type Broker, type BrokerSignals } from '@holdfast/core/hub'
import { checkArgument, checkOptions, having, type Rule, type RulesOf } from '@holdfast/core/adapter'
import { boundsOf, type LogOptions, logRules } from '../log/bounds.ts'
import type { Connection, Link } from '../log/connection.ts'
import { parsePosition } from '../log/position.ts'
import { Repeat } from '../log/repeat.ts'
import { Tails } from '../log/tails.ts'
import { Watch } from '../log/watch.ts'
import { listenWith } from './listening.ts'
import { PostgresLog } from './log.ts'
import { namesOf, schemaName, type SchemaNames } from './names.ts'
import type { Notification, PostgresPool } from './pool.ts'
import { Queries } from './queries.ts'
import { SignalReceivers, toPayloads } from './signals.ts'
import { TopicDigests } from './topic-digests.ts'

/** Options of {@link postgresBroker}. */
export interface PostgresBrokerOptions extends LogOptions {
  /** Where its tables are. Hubs with the same one share their topics. Up to 40 of a–z, 0–9 and `_`. Default `holdfast`. */
  schema?: string | undefined
}

/** By one query. */
const headsAtOnce = 500

const aPool: Rule = having('a Pool of pg, such as new Pool({ connectionString })', 'connect', 'query', 'removeListener')

const postgresOptions: RulesOf<PostgresBrokerOptions> = { ...logRules, schema: schemaName }

/** Milliseconds between looks for topics that nobody writes to any more. */
const sweepInterval = 60_000

/**
 * A broker for many processes, on Postgres 11 or newer, in a database of encoding UTF8.
 *
 * It uses the pool's connections, and one more, made like them, that listens; it never ends the pool. Give the pool a
 * `connectionTimeoutMillis`: without one, pg waits for ever for a server that does not answer, and such attempts take up
 * its places. The broker makes its schema itself, unless `migrationSql` was run before.
 *
 * LISTEN needs a session of its own. Behind a pooler that lends a connection for one transaction (PgBouncer's
 * `pool_mode = transaction`) no wake-up comes: events then arrive only when it looks by itself, every `checkInterval`,
 * and signals not at all. Give it a pool that leads to Postgres itself. Signals of more than 65,536 characters are
 * refused with a `SignalTooLargeError`.
 *
 * @throws {InvalidOptionError} an argument or option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function postgresBroker(pool: PostgresPool, options: PostgresBrokerOptions = {}): Broker {
  checkArgument('postgresBroker', 'pool', pool, aPool)
  checkOptions('postgresBroker', options, postgresOptions)
  return new PostgresBroker(pool, options)
}

class PostgresBroker implements Broker {
  readonly #names: SchemaNames
  readonly #queries: Queries
  readonly #log: PostgresLog
  readonly #tails: Tails
  readonly #digests = new TopicDigests()
  readonly #receivers = new SignalReceivers()
  readonly #listening: Connection<Link>
  readonly #watch: Watch
  readonly #sweep: Repeat
  #isClosed = false

  constructor(pool: PostgresPool, { schema = 'holdfast', ...options }: PostgresBrokerOptions) {
    const bounds = boundsOf(options)
    this.#names = namesOf(schema)
    this.#queries = new Queries(pool, schema, bounds.timeout)
    this.#log = new PostgresLog(this.#queries, schema, bounds)
    this.#tails = new Tails({
      read: (topic, after, limit) => this.#log.read(topic, after, limit),
      heads: (topics) => this.#log.heads(topics),
      headsAtOnce,
      onFailed: () => this.#watch.lookSoon(),
    })
    this.#listening = listenWith(pool, this.#names, bounds.timeout, {
      open: () => this.#watch.look(),
      notification: (message) => this.#receive(message),
    })
    this.#watch = new Watch(this.#tails, this.signals, bounds, () => this.#listening.replace(this.#listening.link))
    this.#sweep = new Repeat(sweepInterval, () => this.#log.sweep().catch(() => {}))
  }

  publish: Broker['publish'] = async (topic, events, options) => {
    this.#checkOpen()
    options?.signal?.throwIfAborted()
    this.#sweep.start()
    return await this.#log.publish(topic, events, options)
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    return await this.#log.read(topic, after, limit)
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    const forget = await this.#digests.use(topic)
    try {
      // Listening first: what comes before the head is known makes it read once too often.
      await this.#listening.get()
      const { head, unsubscribe } = await this.#tails.join(topic, listener)
      this.#watch.start()
      const leave = async (): Promise<void> => {
        forget()
        await unsubscribe()
      }
      return { head, unsubscribe: leave }
    } catch (error) {
      forget()
      throw error
    }
  }

  readonly signals: BrokerSignals = {
    send: async (hubId, text) => {
      this.#checkOpen()
      await this.#queries.run({
        what: 'signal',
        text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) WITH ORDINALITY AS parts (payload, n) ORDER BY n',
        values: [this.#names.signalChannel, toPayloads(hubId, text)],
      })
    },
    listen: async (hubId, receive) => {
      this.#checkOpen()
      this.#watch.start()
      await this.#listening.get()
      const leave = this.#receivers.add(hubId, receive)
      return async () => leave()
    },
  }

  close: Broker['close'] = async () => {
    this.#isClosed = true
    this.#watch.stop()
    this.#sweep.stop()
    this.#tails.clear()
    this.#receivers.clear()
    this.#listening.close()
    this.#queries.close()
  }

  #receive({ channel, payload = '' }: Notification): void {
    if (channel === this.#names.signalChannel) return this.#receivers.receive(payload)
    const [digest = '', position = ''] = payload.split(' ')
    const topic = this.#digests.topicOf(digest)
    if (topic !== undefined) this.#tails.wake(topic, parsePosition(position))
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new BrokerClosedError()
  }
}
