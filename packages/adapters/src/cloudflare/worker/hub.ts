import { checkArgument, checkOptions, checkRequest, queryOf } from '@holdfast/core/adapter'
import { type BrokerSignals, createHub, type Hub } from '@holdfast/core/hub'
import { DurableObjectBroker } from './broker.ts'
import { respondDirect } from './direct.ts'
import { IsolateStats } from './isolate-stats.ts'
import { HubObjects, type HubNamespace } from './namespace.ts'
import { aMatch, aNamespace, type DurableObjectHubOptions, produceOptions, workerOptions } from './options.ts'
import { respondFed } from './respond.ts'

/**
 * A hub whose topics are Durable Objects. Make one for a Worker and use it from every request.
 *
 * It has the names of every {@link Hub} with the same meaning: `count`, `disconnect` and `stop` reach what runs anywhere,
 * since all of it is connected to the topics' objects.
 */
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
}

/**
 * The hub of a Worker, its topics in the objects of a binding.
 *
 * On Workers streams and timers belong to one request, so each response has a hub of the core's own to itself, and a
 * WebSocket to each topic's object. `stats` counts this isolate's streams, `ready` asks one object; `drain` and `close` do
 * nothing, because a Worker has no shutdown. Streams have a `maxAge` of an hour unless you set another. An `identity` has at most 1,024
 * characters.
 *
 * @throws {InvalidOptionError} the binding or an option is of another kind, or there is no such option
 */
export function durableObjectHub(namespace: HubNamespace, options: DurableObjectHubOptions = {}): DurableObjectHub {
  checkArgument('durableObjectHub', 'namespace', namespace, aNamespace)
  checkOptions('durableObjectHub', options, workerOptions)
  return new WorkerHub(namespace, options)
}

// It is kept with each of its WebSockets, where 16 KB have room.
const longestIdentity = 1_024

class WorkerHub implements DurableObjectHub {
  readonly #namespace: HubNamespace
  readonly #options: Omit<DurableObjectHubOptions, 'mode'>
  readonly #isDirect: boolean
  readonly #objects: HubObjects
  readonly #isolate = new IsolateStats()
  #shared: Hub | undefined

  constructor(namespace: HubNamespace, options: DurableObjectHubOptions) {
    this.#namespace = namespace
    const { mode, ...hubOptions } = options
    this.#options = hubOptions
    this.#isDirect = mode === 'direct'
    this.#objects = new HubObjects(namespace)
  }

  publish: Hub['publish'] = (topic, event, options) => this.#sharedHub().publish(topic, event, options)

  run: Hub['run'] = (topic, source, options) => this.#alone((hub) => hub.run(topic, source, options))

  stop: Hub['stop'] = (topic) => this.#alone((hub) => hub.stop(topic))

  status: Hub['status'] = (topic) => this.#sharedHub().status(topic)

  read: Hub['read'] = (topic, options) => this.#sharedHub().read(topic, options)

  end: Hub['end'] = (topic) => this.#sharedHub().end(topic)

  respond: Hub['respond'] = async (request, options) => {
    checkRequest('respond', request)
    checkArgument('respond', 'options', options, 'an object')
    const { topics, identity, filter } = options
    if (identity !== undefined && identity.length > longestIdentity) {
      throw new RangeError(`Cannot open a stream of an identity of more than ${longestIdentity} characters`)
    }
    const head = (): Promise<Response> =>
      this.#sharedHub().respond(new Request(request.url, { method: 'HEAD' }), options)
    if (request.method === 'HEAD') return head()
    const acknowledges = queryOf(request).get('ack') === '1'
    const [topic, ...more] = topics
    // An identity's streams must be found by it, wherever they are, and nothing but a Worker can keep a line for each.
    const isPlain = more.length === 0 && !filter && identity === undefined && !acknowledges
    // What the object answers is fixed, and an application may want to change the head: so that is made here.
    return this.#isDirect && isPlain && topic !== undefined
      ? respondDirect(request, { ...options, topic }, this.#options.stream, await head(), this.#objects)
      : respondFed(request, options, acknowledges, {
          namespace: this.#namespace,
          hub: this.#options,
          isolate: this.#isolate,
        })
  }

  subscribe: Hub['subscribe'] = (topics, options) =>
    createHub({ ...this.#options, broker: new DurableObjectBroker(this.#namespace) }).subscribe(topics, options)

  disconnect: Hub['disconnect'] = async (match) => {
    checkArgument('disconnect', 'match', match, aMatch)
    const { topic, identity } = match
    if (topic === undefined && identity === undefined) return 0
    const subject = topic === undefined ? { identity: identity as string } : { topic }
    return this.#objects.call(subject, (stub) => stub.disconnect(topic, identity))
  }

  acknowledge: Hub['acknowledge'] = (connection, lastEventId) => this.#sharedHub().acknowledge(connection, lastEventId)

  count: Hub['count'] = (topic) => this.#sharedHub().count(topic)

  stats: Hub['stats'] = () => this.#isolate.stats(this.#sharedHub())

  ready: Hub['ready'] = () => this.#sharedHub().ready()

  drain: Hub['drain'] = async () => {}

  close: Hub['close'] = async () => {}

  produce: DurableObjectHub['produce'] = async (topic, input, options = {}) => {
    checkArgument('produce', 'options', options, produceOptions)
    return this.#objects.call({ topic }, (stub) => stub.startProducing(input, options.key))
  }

  // What opens a subscription has a hub of its request's own.
  async #alone<T>(action: (hub: Hub) => Promise<T>): Promise<T> {
    const broker = new DurableObjectBroker(this.#namespace)
    try {
      return await action(createHub({ ...this.#options, broker }))
    } finally {
      await broker.close()
    }
  }

  // Does for all requests what opens nothing that would belong to one of them. Made late: chance is forbidden outside of
  // a request.
  #sharedHub(): Hub {
    if (this.#shared) return this.#shared
    const durable = new DurableObjectBroker(this.#namespace)
    const { publish, read, subscribe, signals, close } = durable
    const sending: BrokerSignals = { send: signals.send, listen: async () => async () => {} }
    const count = (topic: string): Promise<number> => durable.count(topic)
    const broker = { publish, read, subscribe, signals: sending, count, close }
    return (this.#shared = createHub({ ...this.#options, broker }))
  }
}
