import { type Broker, BrokerClosedError, type BrokerSignals } from '@holdfast/core/hub'
import { checkArgument, checkOptions } from '@holdfast/core/adapter'
import type { NatsConnection } from '@nats-io/transport-node'
import { Subscriptions } from '../subscriptions.ts'
import { Follower } from './follower.ts'
import { Heads } from './heads.ts'
import { HistoryReader } from './history.ts'
import { Link } from './link.ts'
import { eventsOf } from './message.ts'
import { aConnection, type NatsBrokerOptions, natsOptions, resolveOptions, type ResolvedOptions } from './options.ts'
import { Publisher } from './publisher.ts'
import { NatsSignals } from './signals.ts'
import { LogStream } from './stream.ts'
import { toToken } from './subjects.ts'

/**
 * A broker on NATS with JetStream: one stream for all topics, made with the first call where it is missing.
 *
 * What is published together is one message, so it has to fit into the server's `max_payload`. A stream that is there is
 * used as it is, whatever the options say about history.
 *
 * @param connection - stays the application's: `close` of the broker leaves it open. Let it reconnect for ever
 *   (`maxReconnectAttempts: -1`), and give it a `pingInterval` of seconds: by default it takes 4 minutes to notice a
 *   link that has gone silent.
 * @throws {InvalidOptionError} an argument or option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function natsBroker(connection: NatsConnection, options: NatsBrokerOptions = {}): Broker {
  checkArgument('natsBroker', 'connection', connection, aConnection)
  checkOptions('natsBroker', options, natsOptions)
  return new NatsBroker(connection, resolveOptions(options))
}

class NatsBroker implements Broker {
  readonly #stream: LogStream
  readonly #heads: Heads
  readonly #publisher: Publisher
  readonly #follower: Follower
  readonly #subscriptions = new Subscriptions()
  readonly #signals: NatsSignals
  readonly #link: Link
  #closed = false

  constructor(connection: NatsConnection, options: ResolvedOptions) {
    this.#link = new Link(connection, options.timeout)
    this.#stream = new LogStream(this.#link, options)
    this.#heads = new Heads(this.#stream)
    this.#publisher = new Publisher(this.#link, this.#stream, this.#heads)
    this.#signals = new NatsSignals(this.#link, this.#stream.subjects)
    this.#follower = new Follower(this.#link, this.#stream, {
      onMessage: (token, message) => {
        this.#heads.saw(token, message)
        if (this.#subscriptions.has(token)) this.#subscriptions.tell(token, eventsOf(message))
      },
      onLost: (reason) => this.#subscriptions.tellLost(reason),
    })
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    this.#checkOpen()
    signal?.throwIfAborted()
    return this.#publisher.publish(topic, events, key, signal)
  }

  read: Broker['read'] = async (topic, after, limit) => {
    this.#checkOpen()
    return new HistoryReader(this.#stream, toToken(topic)).read(after, limit)
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    const token = toToken(topic)
    const subscription = this.#subscriptions.add(token, listener)
    const unsubscribe = async (): Promise<void> => {
      this.#subscriptions.remove(token, subscription)
      if (this.#subscriptions.size === 0) await this.#follower.stop()
    }
    try {
      // First following, then the head: what comes between is in both, and told apart by position.
      await this.#follower.start()
      const { position: head } = await this.#heads.current(token)
      this.#checkOpen()
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
      await this.#signals.send(hubId, text)
    },
    listen: async (hubId, receive) => {
      this.#checkOpen()
      return this.#signals.listen(hubId, receive)
    },
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    this.#subscriptions.end()
    this.#signals.end()
    this.#link.close()
    await this.#follower.stop()
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }
}
