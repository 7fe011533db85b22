import { setImmediate } from 'node:timers/promises'
import { checkArgument, checkOptions } from '@holdfast/core/adapter'
import {
  type Broker,
  BrokerClosedError,
  type BrokerEvent,
  type BrokerSignals,
  type HistoryPage,
  type Position,
} from '@holdfast/core/hub'
import { emptyPage } from '../empty-page.ts'
import { unpack } from '../packed.ts'
import { Subscriptions } from '../subscriptions.ts'
import { toBrokerError } from './errors.ts'
import type { SqliteFile } from './file.ts'
import { openLog } from './open.ts'
import { aPath, resolveOptions, type ResolvedOptions, type SqliteBrokerOptions, sqliteOptions } from './options.ts'
import { Retention } from './retention.ts'
import { SignalTable } from './signals.ts'
import { Topics } from './topics.ts'
import { Watch } from './watch.ts'
import { WriteQueue } from './write-queue.ts'

/**
 * A broker on one SQLite file, which all processes of a machine may share, whatever their runtime.
 *
 * @param path - made where it is missing; on a local disk, since SQLite's locks do not hold on network file systems
 * @throws {InvalidOptionError} an argument or option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 * @throws {SqliteMissingError} the runtime has no `node:sqlite`: Node before 22.13
 * @throws {SqliteFileError} the file is another program's, corrupt, or cannot be opened or written
 * @throws {BrokerUnavailableError} another process keeps the file locked, or the disk is full
 */
export function sqliteBroker(path: string, options: SqliteBrokerOptions = {}): Broker {
  checkArgument('sqliteBroker', 'path', path, aPath)
  checkOptions('sqliteBroker', options, sqliteOptions)
  const resolved = resolveOptions(options)
  return new SqliteBroker(openLog(path, resolved.synchronous), resolved)
}

class SqliteBroker implements Broker {
  readonly #file: SqliteFile
  readonly #topics: Topics
  readonly #queue: WriteQueue
  readonly #watch: Watch
  readonly #retention: Retention
  readonly #subscriptions = new Subscriptions()
  readonly #signals: SignalTable
  #closed = false

  constructor(file: SqliteFile, options: ResolvedOptions) {
    this.#file = file
    this.#topics = new Topics(file, options.limits)
    this.#signals = new SignalTable(file)
    this.#retention = new Retention(file, options)
    this.#watch = new Watch(file, this.#topics, this.#subscriptions, this.#signals)
    this.#queue = new WriteQueue(file, options.lockTimeout, () => this.#afterCommit())
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    this.#checkOpen()
    signal?.throwIfAborted()
    const size = events.reduce((sum, { data, event = '' }) => sum + data.length + event.length, topic.length)
    return this.#queue.add(size, () => this.#append(topic, events, key), signal)
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    // Whoever reads page after page must let writes and streams have their turn.
    await setImmediate()
    return this.#read(() => this.#page(topic, after, limit))
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    this.#remember(topic)
    const subscription = this.#subscriptions.add(topic, listener)
    const unsubscribe = async (): Promise<void> => {
      this.#subscriptions.remove(topic, subscription)
      if (!this.#closed) this.#watch.update()
    }
    try {
      // First from where on rows are looked at, then the head: what comes between is in both, and told apart.
      const head = this.#read(() => {
        this.#watch.update()
        return this.#topics.head(topic)
      })
      subscription.start(head)
      return { head, unsubscribe }
    } catch (error) {
      await unsubscribe()
      throw error
    }
  }

  readonly signals: BrokerSignals = {
    send: async (hubId, text) => {
      this.#checkOpen()
      await this.#queue.add(text.length, () => this.#signals.add(hubId, text, Date.now()))
    },
    listen: async (hubId, receive) => {
      const stop = this.#read(() => this.#signals.listen(hubId, receive))
      this.#watch.update()
      return async () => {
        stop()
        if (!this.#closed) this.#watch.update()
      }
    },
  }

  close: Broker['close'] = async () => {
    if (this.#closed) return
    this.#closed = true
    this.#subscriptions.end()
    this.#signals.end()
    this.#watch.end()
    this.#queue.close()
    this.#retention.end()
    this.#file.close()
  }

  #append(
    topic: string,
    events: readonly BrokerEvent[],
    key: string | undefined,
  ): Awaited<ReturnType<Broker['publish']>> {
    const now = Date.now()
    const found = this.#topics.findOrCreate(topic, now)
    const log = this.#topics.log(found)
    const storedKey = key === undefined ? undefined : JSON.stringify(key)
    const known = storedKey === undefined ? undefined : log.offsetOf(storedKey)
    if (known !== undefined) return { position: { epoch: found.epoch, offset: known }, duplicate: true }
    log.append(events, storedKey, now)
    return { position: { epoch: found.epoch, offset: log.kept.head }, duplicate: false }
  }

  #page(topic: string, after: Position | 'earliest', limit: number): HistoryPage {
    const found = this.#topics.find(topic)
    if (!found) return emptyPage({ epoch: this.#topics.epochOfUnused, offset: 0 }, after)
    const { epoch } = found
    const log = this.#topics.readable(found, Date.now())
    const { packed, more, gap } = log.read(epoch, after, limit)
    const events = packed.flatMap((each) => unpack(epoch, each))
    const page: HistoryPage = { events, head: { epoch, offset: log.kept.head }, more }
    return gap ? { ...page, gap } : page
  }

  /** So that the topic's epoch stays the same when others are forgotten. Where that can't be written, one listens all the same. */
  #remember(topic: string): void {
    if (this.#read(() => this.#topics.find(topic))) return
    this.#queue.add(topic.length, () => this.#topics.findOrCreate(topic, Date.now())).catch(() => {})
  }

  #read<Result>(action: () => Result): Result {
    this.#checkOpen()
    try {
      this.#file.checkThere()
      return this.#file.read(action)
    } catch (error) {
      throw toBrokerError(`Cannot read from "${this.#file.path}"`, error)
    }
  }

  #afterCommit(): void {
    this.#watch.catchUp()
    this.#retention.start()
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }
}
