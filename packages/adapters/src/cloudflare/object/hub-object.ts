import type { BrokerEvent, HubPublication, Position } from '@holdfast/core/hub'
import { DurableObject } from 'cloudflare:workers'
import { admit } from './admission.ts'
import { DirectStreams } from './direct-streams.ts'
import { TopicHistory } from './history.ts'
import { Alarm } from './alarm.ts'
import type { HistoryLimits } from './retention.ts'
import { directHeader, type ObjectCalls, type PackedPage, ping, pong, type PublishResult } from '../protocol.ts'
import { type ProduceContext, Runs } from './runs.ts'
import { Subscribers } from './subscribers.ts'
import { Topic } from './topic.ts'

/**
 * A topic as a Durable Object: its log in SQLite, its subscribers as hibernatable WebSockets.
 *
 * Export it, or a subclass of it, from the Worker's module, name it in `new_sqlite_classes`, and hand the binding to
 * `durableObjectHub`. It leaves memory, and costs nothing, 10 s after the last event, however many clients are connected
 * (streams in direct mode and a running {@link produce} hold it). One object takes 32,000 subscribers.
 *
 * Its methods are for `durableObjectHub`; they are callable by whoever has the binding, and by nobody else.
 */
export class HubObject<Env = unknown> extends DurableObject<Env> implements ObjectCalls {
  readonly #history: TopicHistory
  readonly #subscribers: Subscribers
  readonly #topic: Topic
  readonly #runs: Runs
  readonly #direct: DirectStreams
  readonly #alarm: Alarm

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const history = new TopicHistory(ctx.storage, () => this.history)
    this.#history = history
    this.#subscribers = new Subscribers(ctx, history)
    this.#topic = new Topic({
      history,
      send: (packed) => this.#subscribers.send(packed),
      delay: () => this.batchDelay,
      onAppend: () => this.#alarm.set(),
    })
    this.#direct = new DirectStreams(this.#topic)
    this.#runs = new Runs({
      storage: ctx.storage,
      topic: this.#topic,
      settings: () => ({ batchDelay: this.produceDelay, linger: this.linger, resumable: this.resumable }),
      produce: (input, context) => this.produce(input, context),
      hasReaders: () => this.#isRead(),
      onChange: () => this.#alarm.set(),
    })
    this.#alarm = new Alarm(ctx.storage, history, { busy: () => this.#runs.active, used: () => this.#isUsed() })
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(ping, pong))
    // After a subclass's fields are there.
    queueMicrotask(() => this.#runs.recover())
  }

  /** How much history is kept. Override it as a getter. */
  protected get history(): HistoryLimits {
    return {}
  }

  /**
   * Milliseconds between two messages to a subscriber: 1,000 publications a second are then 100 messages of 10 events. An
   * event that comes alone leaves at once. Default 10.
   */
  protected get batchDelay(): number {
    return 10
  }

  /** The same for what {@link produce} yields, which is also stored together. Default 50. */
  protected get produceDelay(): number {
    return 50
  }

  /** Milliseconds that {@link produce} goes on without readers, who may come back. Default Infinity. */
  protected get linger(): number {
    return Infinity
  }

  /** Whether {@link produce} is called again after a restart of the object; otherwise its topic ends as failed. Default false. */
  protected get resumable(): boolean {
    return false
  }

  /**
   * Make the topic's events from an input: the answer of a model, say. Override it, and start it with the hub's `produce`.
   *
   * It runs on when the request that started it is over and when every reader has left. When it returns, the topic has
   * ended; when it throws, it has ended as failed.
   */
  protected produce(_input: unknown, _context: ProduceContext): AsyncIterable<HubPublication | string> {
    throw new Error('Cannot produce: override produce() in a subclass of HubObject')
  }

  /** Store events and send them. @internal */
  async publish(events: readonly BrokerEvent[], key?: string): Promise<PublishResult> {
    const { position, duplicate } = this.#topic.append(events, key)
    this.#subscribers.sweep(Date.now())
    return { position, duplicate }
  }

  /** A page of history. @internal */
  async read(after: Position | 'earliest', limit: number): Promise<PackedPage> {
    return this.#history.read(after, limit)
  }

  /** How many event streams there are. @internal */
  async count(): Promise<number> {
    this.#subscribers.sweep(Date.now())
    return this.#subscribers.all('stream').length + this.#direct.size
  }

  /** Close the event streams of an identity, or all. @internal */
  async disconnect(topic: string | undefined, identity: string | undefined): Promise<number> {
    // The object of an identity has no topic, and all of its lines are that identity's.
    if (topic === undefined) return this.#subscribers.tell({ disconnect: true }, 'line')
    const fed = this.#subscribers.tell({ disconnect: true }, 'stream', identity)
    // Of those it writes itself, none has an identity.
    return identity === undefined ? fed + (await this.#direct.disconnect(topic)) : fed
  }

  /** Pass a text on to whoever is on the line. @internal */
  async signal(text: string): Promise<number> {
    return this.#subscribers.tell({ signal: text }, 'line')
  }

  /** Begin to {@link produce}. @internal */
  async startProducing(input: unknown, key?: string): Promise<boolean> {
    return this.#runs.start(input, key)
  }

  /** Answer a subscription, or in direct mode a request for an event stream. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.has(directHeader)) return this.#direct.respond(request)
    const response = admit(request, this.#subscribers, this.#history)
    this.#alarm.set()
    return response
  }

  override async alarm(): Promise<void> {
    await this.#alarm.fired()
  }

  /** Nothing but pings comes, and those are answered without waking the object. */
  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number): void {
    this.#subscribers.left()
    // Before compatibility date 2026-04-07 the runtime does not answer a close. 1005 to 1015 can't be sent.
    socket.close(code < 1005 ? code : 1000)
  }

  // Both are asked seldom, and of a topic that is read nothing may be forgotten: `size` is only about right.
  #isUsed(): boolean {
    return this.#subscribers.all().length + this.#direct.size > 0
  }

  #isRead(): boolean {
    return (
      this.#direct.size > 0 || (['stream', 'reader'] as const).some((kind) => this.#subscribers.all(kind).length > 0)
    )
  }
}
