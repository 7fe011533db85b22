import type { BrokerSignals } from './broker/broker.ts'

/** What hubs of one broker tell each other. */
export type Signal =
  | { type: 'acknowledge'; connection: string; lastEventId: string }
  | { type: 'disconnect'; identity?: string | undefined; topic?: string | undefined; question: string }
  | { type: 'count'; topic: string; question: string }
  /** To whoever asked the question. */
  | { type: 'answer'; question: string; value: number }
  /** A hub begins to listen: who has streams answers with its load. */
  | { type: 'hello' }
  /** A hub has streams; how loaded it is, where that is known. */
  | { type: 'load'; load?: number | undefined }

/** A signal, and the hub that sent it. */
export type ReceivedSignal = Signal & { sender: string }

/** A hub's line to the other hubs of its broker. Without signals it hears nothing and tells nobody. */
export class SignalLine {
  readonly #signals: BrokerSignals | undefined
  readonly #receive: (signal: ReceivedSignal) => void
  readonly #onError: (error: unknown) => void
  #hubId: string | undefined
  #listening: Promise<(() => Promise<void>) | undefined> | undefined

  constructor(
    signals: BrokerSignals | undefined,
    receive: (signal: ReceivedSignal) => void,
    onError: (error: unknown) => void,
  ) {
    this.#signals = signals
    this.#receive = receive
    this.#onError = onError
  }

  /** Made when it is first needed: Cloudflare Workers allow no random values before there is a request. */
  get hubId(): string {
    this.#hubId ??= crypto.randomUUID()
    return this.#hubId
  }

  /** Begin to listen, once. Resolves with whether others are heard now. */
  async listen(): Promise<boolean> {
    this.#listening ??= this.#listen()
    return (await this.#listening) !== undefined
  }

  /** Tell one hub, or with `*` every other. Resolves with false when nobody could be told. */
  async tell(hubId: string, signal: Signal): Promise<boolean> {
    if (!this.#signals) return false
    await this.#signals.send(hubId, JSON.stringify({ ...signal, sender: this.hubId }))
    return true
  }

  async close(): Promise<void> {
    const stop = await this.#listening
    await stop?.()
  }

  async #listen(): Promise<(() => Promise<void>) | undefined> {
    try {
      const stop = await this.#signals?.listen(this.hubId, (text) => this.#hear(text))
      this.tell('*', { type: 'hello' }).catch(this.#onError)
      return stop
    } catch (error) {
      // Streams work without it; the next one tries again.
      this.#listening = undefined
      this.#onError(error)
      return undefined
    }
  }

  #hear(text: string): void {
    try {
      const signal = JSON.parse(text) as ReceivedSignal
      if (signal.sender !== this.hubId) this.#receive(signal)
    } catch (error) {
      this.#onError(error)
    }
  }
}
