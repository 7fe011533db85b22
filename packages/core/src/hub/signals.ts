import type { Broker } from './broker/broker.ts'

/** What hubs of one broker tell each other. */
export type Signal =
  | { type: 'acknowledge'; connection: string; lastEventId: string }
  | { type: 'disconnect'; identity?: string | undefined; topic?: string | undefined }
  | { type: 'load'; load: number }

/** Everybody who listens at the broker, this hub included. */
const everybody = '*'

/** A hub's line to the other hubs of its broker. Without `signals` in the broker it hears nothing and tells nobody. */
export class SignalLine {
  readonly #broker: Broker
  readonly #receive: (signal: Signal & { sender: string }) => void
  readonly #onError: (error: unknown) => void
  #hubId: string | undefined
  #listening: Promise<(() => Promise<void>) | undefined> | undefined

  constructor(
    broker: Broker,
    receive: (signal: Signal & { sender: string }) => void,
    onError: (error: unknown) => void,
  ) {
    this.#broker = broker
    this.#receive = receive
    this.#onError = onError
  }

  /** Made when it is first needed: Cloudflare Workers allow no random values before there is a request. */
  get hubId(): string {
    this.#hubId ??= crypto.randomUUID()
    return this.#hubId
  }

  /** Begin to listen, once. A hub that only publishes never does. */
  async listen(): Promise<void> {
    this.#listening ??= this.#listen()
    await this.#listening
  }

  /** Tell one hub. Resolves with false when nobody could be told. */
  async tell(hubId: string, signal: Signal): Promise<boolean> {
    if (!this.#broker.signals) return false
    await this.#broker.signals.send(hubId, JSON.stringify({ ...signal, sender: this.hubId }))
    return true
  }

  /** Tell every other hub. */
  tellAll(signal: Signal): Promise<boolean> {
    return this.tell(everybody, signal)
  }

  async close(): Promise<void> {
    const stop = await this.#listening
    await stop?.()
  }

  async #listen(): Promise<(() => Promise<void>) | undefined> {
    try {
      return await this.#broker.signals?.listen(this.hubId, (text) => this.#hear(text))
    } catch (error) {
      // Streams work without it; the next one tries again.
      this.#listening = undefined
      this.#onError(error)
      return undefined
    }
  }

  #hear(text: string): void {
    try {
      const signal = JSON.parse(text) as Signal & { sender: string }
      if (signal.sender !== this.hubId) this.#receive(signal)
    } catch (error) {
      this.#onError(error)
    }
  }
}
