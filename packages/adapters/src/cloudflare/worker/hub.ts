import type { StreamClose } from '@holdfast/core'
import { createHub, type Hub, type HubOptions, type RespondOptions, type StreamInfo } from '@holdfast/core/hub'
import { DurableObjectBroker } from './broker.ts'
import { directRequest, forwardable } from './direct.ts'
import { HubObjects, type HubNamespace } from './namespace.ts'
import { withLinger } from './with-linger.ts'
import { IsolateStats } from './isolate-stats.ts'

/** Options of {@link durableObjectHub}. */
export interface DurableObjectHubOptions extends Pick<
  HubOptions,
  'stream' | 'acknowledge' | 'onOpen' | 'onClose' | 'onError'
> {
  /**
   * Who writes the event streams. `hibernating` (default): the Worker, fed by WebSockets, and the objects cost nothing
   * while nothing is published. `direct`: the topic's object itself, for half the CPU a delivery, but it stays in memory
   * (about $4.15 a month) while a client is connected. Streams of several topics, with a `filter`, or of a client that
   * acknowledges, are always fed. Of direct ones `onOpen`, `onClose` and `stats` know nothing.
   */
  mode?: 'hibernating' | 'direct' | undefined
}

/** A hub whose topics are Durable Objects. Make one for a Worker and use it from every request. */
export interface DurableObjectHub extends Hub {
  /**
   * Begin to produce a topic's events inside its object, by the `produce` of your subclass of `HubObject`. It outlives
   * this request. One at a time for each topic.
   *
   * @param input - what `produce` gets; anything that can be cloned, up to 2 MB
   * @param options.key - a key that was used before for this topic starts nothing
   * @returns whether it was started
   */
  produce(topic: string, input: unknown, options?: { key?: string | undefined }): Promise<boolean>
  /** End what {@link produce} has started: the topic ends as done with what there is. Returns whether something ran. */
  stop(topic: string): Promise<boolean>
}

/**
 * The hub of a Worker, its topics in the objects of a binding.
 *
 * On Workers streams and timers belong to one request, so each response has a hub of the core's own to itself, and a
 * WebSocket to each topic's object. `stats` counts this isolate's streams; `drain` and `close` do nothing, because a
 * Worker has no shutdown. Streams have a `maxAge` of an hour unless you set another. An `identity` has at most 1,024
 * characters.
 */
export function durableObjectHub(namespace: HubNamespace, options: DurableObjectHubOptions = {}): DurableObjectHub {
  return new WorkerHub(namespace, options)
}

// It is kept with each of its WebSockets, where 16 KB have room.
const longestIdentity = 1_024

class WorkerHub implements DurableObjectHub {
  readonly #namespace: HubNamespace
  readonly #options: DurableObjectHubOptions
  readonly #objects: HubObjects
  readonly #isolate = new IsolateStats()
  #publisher: Hub | undefined

  constructor(namespace: HubNamespace, options: DurableObjectHubOptions) {
    this.#namespace = namespace
    this.#options = options
    this.#objects = new HubObjects(namespace)
  }

  publish: Hub['publish'] = (topic, event, options) => this.#publishing().publish(topic, event, options)

  run: Hub['run'] = (topic, source, options = {}) =>
    withLinger(
      options,
      () => this.count(topic),
      (run) => this.#publishing().run(topic, source, run),
    )

  end: Hub['end'] = (topic) => this.#publishing().end(topic)

  respond: Hub['respond'] = async (request, options) => {
    const [topic, ...more] = options.topics
    if (options.identity !== undefined && options.identity.length > longestIdentity) {
      throw new RangeError(`Cannot open a stream of an identity of more than ${longestIdentity} characters`)
    }
    const direct = this.#options.mode === 'direct' && !options.filter && !isAcknowledging(request)
    if (direct && topic !== undefined && more.length === 0) return this.#forward(request, topic, options)
    let disconnected = false
    const disconnect = (): void => {
      disconnected = true
      // The one stream of this hub.
      void hub.disconnect({ topic })
    }
    const subscriber = { kind: 'stream', identity: options.identity } as const
    const broker = new DurableObjectBroker(this.#namespace, { subscriber, onDisconnect: disconnect })
    const close = (closed: StreamClose & StreamInfo): void => {
      this.#isolate.close(hub)
      void broker.close()
      this.#options.onClose?.(closed)
    }
    const hub = createHub({
      ...this.#options,
      broker: isAcknowledging(request) ? broker : silent(broker),
      onClose: close,
    })
    try {
      if (options.identity !== undefined && request.method !== 'HEAD') await broker.listenFor(options.identity)
      const response = await hub.respond(request, options)
      if (hub.stats().subscribers > 0) this.#isolate.open(hub)
      else await broker.close()
      // It could be told before it was there.
      if (disconnected) disconnect()
      return response
    } catch (error) {
      await broker.close()
      throw error
    }
  }

  subscribe: Hub['subscribe'] = (topics, options) => this.#ownHub().subscribe(topics, options)

  disconnect: Hub['disconnect'] = async ({ topic, identity }) => {
    if (topic === undefined && identity === undefined) return 0
    const subject = topic === undefined ? { identity: identity as string } : { topic }
    return this.#objects.call(subject, (stub) => stub.disconnect(topic, identity))
  }

  acknowledge: Hub['acknowledge'] = (connection, lastEventId) => this.#ownHub().acknowledge(connection, lastEventId)

  count: Hub['count'] = (topic) => this.#objects.call({ topic }, (stub) => stub.count())

  stats: Hub['stats'] = () => this.#isolate.stats(this.#publishing())

  drain: Hub['drain'] = async () => {}

  close: Hub['close'] = async () => {}

  produce: DurableObjectHub['produce'] = (topic, input, { key } = {}) =>
    this.#objects.call({ topic }, (stub) => stub.startProducing(input, key))

  stop: DurableObjectHub['stop'] = (topic) => this.#objects.call({ topic }, (stub) => stub.stopProducing())

  async #forward(request: Request, topic: string, options: RespondOptions): Promise<Response> {
    const { identity, expiresAt, stream } = options
    // Refuses what can't be answered before the object is asked, and makes the head, which an object's answer would not let
    // the application change.
    const headOnly = createHub({ stream: this.#options.stream })
    const head = await headOnly.respond(new Request(request.url, { method: 'HEAD' }), options)
    if (request.method === 'HEAD') return head
    // It is the object that writes, and its CPU time counts anew with each event: no age unless one is asked for.
    const told = { topic, identity, expiresAt, stream: forwardable({ maxAge: 0, ...this.#options.stream, ...stream }) }
    const { body, status } = await this.#objects.call({ topic }, (stub) => stub.fetch(directRequest(request, told)))
    return body ? new Response(body, head) : new Response(null, { status })
  }

  // Publishing opens nothing that would belong to a request. Made late: chance is forbidden outside of one.
  #publishing(): Hub {
    return (this.#publisher ??= this.#ownHub())
  }

  #ownHub(): Hub {
    return createHub({ ...this.#options, broker: new DurableObjectBroker(this.#namespace) })
  }
}

function isAcknowledging(request: Request): boolean {
  return new URL(request.url).searchParams.get('ack') === '1'
}

// A line to a hub costs an object: only streams that are acknowledged need one.
function silent({
  publish,
  read,
  subscribe,
  close,
}: DurableObjectBroker): Pick<DurableObjectBroker, 'publish' | 'read' | 'subscribe' | 'close'> {
  return { publish, read, subscribe, close }
}
