import {
  BrokerClosedError,
  type Broker,
  type BrokerListener,
  type HistoryPage,
  type Position,
  type StoredEvent,
} from '@holdfast/core/hub'
import { publishScript, readScript } from './redis-scripts.ts'
import { type Reply, RespConnection } from './resp.ts'

interface Subscription {
  topic: string
  listener: BrokerListener
  position: Position
  reading: boolean
  stale: boolean
}

const pageSize = 100

/**
 * A throw-away broker that proves the interface: the stream is the truth, pub/sub only wakes, one script does key,
 * offset, `XADD` and `PUBLISH`. The real one is `@holdfast/adapters/redis`.
 */
export class ExampleRedisBroker implements Broker {
  readonly #prefix: string
  readonly #maxEvents: number
  readonly #commands: RespConnection
  readonly #listening: RespConnection
  readonly #subscriptions = new Set<Subscription>()
  readonly #receivers = new Map<string, Set<(text: string) => void>>()
  /** No epoch seen here was later. */
  #epoch = 0
  #closed = false

  constructor(port: number, prefix: string, maxEvents: number) {
    this.#prefix = prefix
    this.#maxEvents = maxEvents
    this.#commands = new RespConnection(port)
    this.#listening = new RespConnection(port)
    this.#listening.onMessage = (channel, text) => this.#wake(channel, text)
    this.#listening.onReconnect = () => void this.#listenAgain().catch(() => {})
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    signal?.throwIfAborted()
    const fields = events.flatMap(({ event, data }) => [event === undefined ? '' : 'event', event ?? '', data])
    const [epoch, head, duplicate] = await this.#script(
      publishScript,
      topic,
      this.#maxEvents,
      this.#channel(topic),
      key === undefined ? '' : 'key',
      key ?? '',
      ...fields,
    )
    return { position: { epoch: this.#seen(epoch), offset: Number(head) }, duplicate: duplicate === 1 }
  }

  read: Broker['read'] = async (topic, after, limit) => {
    const [at, offset] = after === 'earliest' ? ['', ''] : [after.epoch, after.offset]
    const [epochText, headText, gap, from, entries] = await this.#script(readScript, topic, at, offset, limit)
    const [epoch, head] = [this.#seen(epochText), Number(headText)]
    const events = (entries as [string, string[]][]).map(([id, [, named, , event = '', , data = '']]): StoredEvent => {
      const position = { epoch, offset: parseInt(id) }
      return named === 'event' ? { position, event, data } : { position, data }
    })
    const page: HistoryPage = { events, head: { epoch, offset: head }, more: Number(from) + events.length < head }
    return gap === '' ? page : { ...page, gap: gap as 'trimmed' | 'new-epoch' }
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    this.#checkOpen()
    const subscription: Subscription = {
      topic,
      listener,
      position: { epoch: 0, offset: 0 },
      reading: true,
      stale: false,
    }
    this.#subscriptions.add(subscription)
    try {
      // Listening first: a wake-up that comes before the head is known makes it read once too often.
      await this.#listening.send('SUBSCRIBE', this.#channel(topic))
      const { head } = await this.read(topic, { epoch: 0, offset: 0 }, 1)
      subscription.position = head
      subscription.reading = false
      if (subscription.stale) void this.#follow(subscription)
      return { head, unsubscribe: async () => void this.#subscriptions.delete(subscription) }
    } catch (error) {
      this.#subscriptions.delete(subscription)
      throw error
    }
  }

  readonly signals: NonNullable<Broker['signals']> = {
    send: async (hubId, text) => void (await this.#commands.send('PUBLISH', `${this.#prefix}signal:${hubId}`, text)),
    listen: async (hubId, receive) => {
      for (const name of [hubId, '*']) {
        const channel = `${this.#prefix}signal:${name}`
        this.#receivers.set(channel, (this.#receivers.get(channel) ?? new Set()).add(receive))
        await this.#listening.send('SUBSCRIBE', channel)
      }
      return async () => void this.#receivers.forEach((receivers) => receivers.delete(receive))
    },
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    this.#subscriptions.clear()
    this.#receivers.clear()
    this.#commands.close()
    this.#listening.close()
  }

  #channel(topic: string): string {
    return `${this.#prefix}topic:${topic}`
  }

  #checkOpen(): void {
    if (this.#closed) throw new BrokerClosedError()
  }

  #seen(epoch: Reply | undefined): number {
    this.#epoch = Math.max(this.#epoch, Number(epoch))
    return Number(epoch)
  }

  async #script(script: string, topic: string, ...values: (string | number)[]): Promise<Reply[]> {
    this.#checkOpen()
    const keys = ['state', 'stream', 'keys'].map((kind) => `${this.#prefix}${kind}:${topic}`)
    return (await this.#commands.send('EVAL', script, keys.length, ...keys, this.#epoch + 1, ...values)) as Reply[]
  }

  #wake(channel: string, text: string): void {
    for (const receive of this.#receivers.get(channel) ?? []) receive(text)
    for (const subscription of this.#subscriptions)
      if (this.#channel(subscription.topic) === channel) void this.#follow(subscription)
  }

  async #listenAgain(): Promise<void> {
    const channels = [...[...this.#subscriptions].map(({ topic }) => this.#channel(topic)), ...this.#receivers.keys()]
    if (channels.length > 0) await this.#listening.send('SUBSCRIBE', ...channels)
    for (const subscription of this.#subscriptions) void this.#follow(subscription)
  }

  async #follow(subscription: Subscription): Promise<void> {
    subscription.stale = true
    if (subscription.reading) return
    subscription.reading = true
    try {
      while (subscription.stale) {
        subscription.stale = false
        const page = await this.read(subscription.topic, subscription.position, pageSize)
        this.#deliver(subscription, page)
      }
    } catch (error) {
      // Whoever listens reads for itself until Redis is back.
      if (!this.#closed) subscription.listener.onLost(error)
    }
    subscription.reading = false
  }

  #deliver(subscription: Subscription, { events, head, more, gap }: HistoryPage): void {
    if (!this.#subscriptions.has(subscription)) return
    subscription.stale ||= more && !gap
    subscription.position = gap ? head : (events.at(-1)?.position ?? subscription.position)
    if (gap) return subscription.listener.onLost(new Error(`History has a gap: ${gap}`))
    for (const event of events) this.#tell(subscription, event)
  }

  #tell({ listener }: Subscription, event: StoredEvent): void {
    try {
      listener.onEvent(event)
    } catch (error) {
      console.error(error)
    }
  }
}
