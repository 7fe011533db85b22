import type { Environment } from '../environment.ts'
import type { DeadlineWheel } from '../fanout/deadlines.ts'
import type { Hint } from '../wire/hints.ts'
import type { BrokerSignals } from './broker/broker.ts'
import { LoadExchange } from './load.ts'
import { Peers } from './peers.ts'
import { type ReceivedSignal, type Signal, SignalLine } from './signals.ts'

/** Which streams to close. */
export interface StreamMatch {
  identity?: string | undefined
  topic?: string | undefined
}

/** What the other hubs may ask of this one. */
export interface FleetMember {
  /** 0 to 1; undefined when it is not known. */
  load(): number | undefined
  hasStreams(): boolean
  count(topic: string): number
  disconnect(match: StreamMatch): number
  acknowledge(connection: string): boolean
}

/** The hubs of one broker: what this one tells the others, asks of them, and answers them. */
export class Fleet {
  readonly #here: FleetMember
  readonly #onError: (error: unknown) => void
  readonly #line: SignalLine
  readonly #peers: Peers
  readonly #loads: LoadExchange
  /** Nobody else can be reached. */
  readonly #isLone: boolean
  readonly #tellsLoad: boolean
  #closed = false

  /** @param signals - undefined where nobody else can be reached */
  constructor(
    here: FleetMember,
    signals: BrokerSignals | undefined,
    environment: Environment,
    wheel: DeadlineWheel,
    onError: (error: unknown) => void,
  ) {
    this.#here = here
    this.#onError = onError
    this.#line = new SignalLine(signals, (signal) => this.#hear(signal), onError)
    this.#peers = new Peers(environment)
    this.#isLone = signals === undefined
    // A hub of one request has nobody to compare itself with, and each timer of a Worker costs.
    this.#tellsLoad = !this.#isLone && !environment.requestScoped
    const tell = (load: number | undefined): void => this.#tell('*', { type: 'load', load })
    this.#loads = new LoadExchange(() => here.load(), tell, environment, wheel)
  }

  get hubId(): string {
    return this.#line.hubId
  }

  /** Begin to listen, once. A hub that only publishes never does. */
  async listen(): Promise<void> {
    if (!this.#isLone && (await this.#line.listen())) this.#peers.listening()
  }

  /** Say from now on that this hub has streams, and how loaded it is. One without tells nobody: nobody could be moved to or from it. */
  startTellingLoad(): void {
    if (this.#tellsLoad) this.#loads.start()
  }

  stopTellingLoad(): void {
    this.#loads.stop()
  }

  /** What clients are told of the load here and elsewhere. */
  hints(): Hint {
    const load = this.#here.load()
    return load === undefined ? {} : this.#loads.hints(load)
  }

  /** How many streams a topic has at all hubs. */
  async count(topic: string): Promise<number> {
    const elsewhere = await this.#ask((question) => ({ type: 'count', topic, question }))
    return this.#here.count(topic) + elsewhere
  }

  /** Close streams at all hubs. Resolves with how many. */
  async disconnect(match: StreamMatch): Promise<number> {
    const here = this.#here.disconnect(match)
    return here + (await this.#ask((question) => ({ type: 'disconnect', ...match, question })))
  }

  /** Pass a sign of life on to the hub whose connection it is. Resolves with false when nobody could be told. */
  async acknowledge(connection: string, lastEventId: string): Promise<boolean> {
    if (this.#here.acknowledge(connection)) return true
    const [, hubId] = /^([\w-]+)\../.exec(connection) ?? []
    if (hubId === undefined || hubId === this.hubId) return false
    return this.#line.tell(hubId, { type: 'acknowledge', connection, lastEventId })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#peers.close()
    await this.#line.close()
  }

  async #ask(signalOf: (question: string) => Signal): Promise<number> {
    if (this.#isLone || this.#closed) return 0
    await this.listen()
    return this.#peers.ask((question) => this.#line.tell('*', signalOf(question)))
  }

  #hear(signal: ReceivedSignal): void {
    this.#peers.hear(signal.sender)
    switch (signal.type) {
      case 'hello':
        if (this.#here.hasStreams()) this.#tell(signal.sender, { type: 'load', load: this.#here.load() })
        break
      case 'load':
        this.#loads.hear(signal.sender, signal.load)
        break
      case 'count':
        this.#answer(signal, this.#here.count(signal.topic))
        break
      case 'disconnect':
        this.#answer(signal, this.#here.disconnect(signal))
        break
      case 'answer':
        this.#peers.answer(signal.question, signal.sender, signal.value)
        break
      case 'acknowledge':
        this.#here.acknowledge(signal.connection)
        break
    }
  }

  #answer({ question, sender }: { question: string; sender: string }, value: number): void {
    this.#tell(sender, { type: 'answer', question, value })
  }

  #tell(hubId: string, signal: Signal): void {
    this.#line.tell(hubId, signal).catch(this.#onError)
  }
}
