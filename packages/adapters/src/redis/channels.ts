import { callSafely } from '@holdfast/core/adapter'
import { Connection } from '../log/connection.ts'
import { EngineTimeoutError, withinDeadline } from '../log/deadline.ts'
import type { RedisConnector, RedisLink } from './link.ts'

/** Channels asked for at once when a connection is new. */
const sliceSize = 1_000

/** The broker's own subscriber connection: who hears which channel, on whatever connection there is. */
export class Channels {
  readonly #timeout: number
  readonly #receivers = new Map<string, Set<(text: string) => void>>()
  /** The last change of each channel that is under way: of one channel they come one after the other. */
  readonly #changes = new Map<string, Promise<void>>()
  readonly #connection: Connection<RedisLink>

  /** @param onOpen - messages may have been missed, and come again from now on */
  constructor(connector: RedisConnector, timeout: number, onOpen: () => void) {
    this.#timeout = timeout
    this.#connection = new Connection({
      timeout,
      onOpen,
      open: async (onLost, signal) => {
        const onMessage = (channel: string, text: string): void => this.#receive(channel, text)
        const link = await connector.openLink({ onMessage, onLost }, signal)
        // Also while it waits for an answer that never comes.
        signal.addEventListener('abort', () => link.close(), { once: true })
        try {
          await this.#subscribeAll(link)
          return link
        } catch (error) {
          link.close()
          throw error
        }
      },
    })
  }

  /** Hear a channel. Resolves once Redis has it so; the function it resolves with ends it. */
  async listen(channel: string, receive: (text: string) => void): Promise<() => Promise<void>> {
    // Its own object: one function may listen twice.
    const receiver = (text: string): void => receive(text)
    const receivers = this.#receivers.get(channel) ?? new Set()
    this.#receivers.set(channel, receivers.add(receiver))
    const leave = async (): Promise<void> => {
      receivers.delete(receiver)
      if (receivers.size > 0 || this.#receivers.get(channel) !== receivers) return
      this.#receivers.delete(channel)
      // Without a connection there is nothing to take back: a new one asks for what is wanted then.
      await this.#settle(channel).catch(() => {})
    }
    try {
      await this.#settle(channel)
      return leave
    } catch (error) {
      await leave()
      throw error
    }
  }

  /** Messages that should have come did not: take another connection. */
  replace(): void {
    this.#connection.replace(this.#connection.link)
  }

  close(): void {
    this.#receivers.clear()
    this.#connection.close()
  }

  #receive(channel: string, text: string): void {
    for (const receive of this.#receivers.get(channel) ?? []) callSafely(receive, text)
  }

  // node-redis 6.3 sends no SUBSCRIBE for a channel whose UNSUBSCRIBE is under way, so one waits for the other.
  #settle(channel: string): Promise<void> {
    const before = this.#changes.get(channel) ?? Promise.resolve()
    const change = before.catch(() => {}).then(() => this.#change(channel))
    this.#changes.set(channel, change)
    const forget = (): void => {
      if (this.#changes.get(channel) === change) this.#changes.delete(channel)
    }
    change.then(forget, forget)
    return change
  }

  async #change(channel: string): Promise<void> {
    let link: RedisLink | undefined
    try {
      await withinDeadline({ what: 'listen', timeout: this.#timeout }, async () => {
        const isWanted = this.#receivers.has(channel)
        link = isWanted ? await this.#connection.get() : this.#connection.link
        if (isWanted) await link?.subscribe(channel)
        else await link?.unsubscribe(channel)
      })
    } catch (error) {
      if (error instanceof EngineTimeoutError) this.#connection.replace(link)
      throw error
    }
  }

  async #subscribeAll(link: RedisLink): Promise<void> {
    const channels = [...this.#receivers.keys()]
    for (let start = 0; start < channels.length; start += sliceSize)
      await Promise.all(channels.slice(start, start + sliceSize).map((channel) => link.subscribe(channel)))
  }
}
