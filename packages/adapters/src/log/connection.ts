import { BrokerClosedError, BrokerUnavailableError } from '@holdfast/core/hub'
import { withinDeadline } from './deadline.ts'

/** Something that is connected to an engine. */
export interface Link {
  /** Give it back. Never throws. */
  close(): void
}

/** What a {@link Connection} is made of. */
export interface ConnectionOptions<L extends Link> {
  /** Open one. `onLost` is called when it ends by itself; a `signal` that is aborted says that it is not wanted any more. */
  open(onLost: () => void, signal: AbortSignal): Promise<L>
  /** It is open: at first and again. */
  onOpen?(): void
  /** Milliseconds to open one, and what is still under way on one that is replaced has as long. */
  timeout: number
}

const firstDelay = 50
const longestDelay = 2_000

/** One link to an engine, and another one when that is lost, until it is closed. Opened when it is first asked for. */
export class Connection<L extends Link> {
  readonly #options: ConnectionOptions<L>
  /** Aborted by `close`. */
  readonly #closing = new AbortController()
  readonly #leaving = new Map<L, ReturnType<typeof setTimeout>>()
  #link: L | undefined
  #opening: Promise<L> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #lastFailure: unknown

  constructor(options: ConnectionOptions<L>) {
    this.#options = options
  }

  /** The open link, if there is one. */
  get link(): L | undefined {
    return this.#link
  }

  /**
   * The open link, or the one that is being opened. It does not wait for a lost one to come back.
   *
   * @throws {BrokerUnavailableError} there is none now
   * @throws {BrokerClosedError} after `close`
   */
  async get(): Promise<L> {
    if (this.#closing.signal.aborted) throw new BrokerClosedError()
    if (this.#link) return this.#link
    if (this.#retry !== undefined)
      throw new BrokerUnavailableError('Cannot reach the engine: its connection is lost', { cause: this.#lastFailure })
    return await this.#open()
  }

  /** Open another one in place of `link`, which does not do what it should. What is under way on it may still end. */
  replace(link: L | undefined): void {
    if (!link || link !== this.#link) return
    this.#link = undefined
    this.#leaving.set(
      link,
      setTimeout(() => this.#leave(link), this.#options.timeout),
    )
    this.#open().catch(() => {})
  }

  close(): void {
    this.#closing.abort(new BrokerClosedError())
    clearTimeout(this.#retry)
    this.#link?.close()
    this.#link = undefined
    for (const link of this.#leaving.keys()) this.#leave(link)
  }

  #leave(link: L): void {
    clearTimeout(this.#leaving.get(link))
    this.#leaving.delete(link)
    link.close()
  }

  #open(): Promise<L> {
    this.#opening ??= this.#tryToOpen().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async #tryToOpen(): Promise<L> {
    this.#retry = undefined
    let link: L | undefined
    let isLost = false
    const onLost = (): void => {
      isLost = true
      if (link && link === this.#link) this.#lost(new BrokerUnavailableError('The connection to the engine ended'))
    }
    try {
      const deadline = { what: 'reach the engine', timeout: this.#options.timeout, signal: this.#closing.signal }
      link = await withinDeadline(deadline, (signal) => this.#openOne(onLost, signal))
      if (isLost) throw new BrokerUnavailableError('Cannot reach the engine: the connection ended at once')
    } catch (error) {
      link?.close()
      this.#lost(error)
      throw error
    }
    this.#failures = 0
    this.#link = link
    this.#options.onOpen?.()
    return link
  }

  // One that comes too late belongs to nobody.
  async #openOne(onLost: () => void, signal: AbortSignal): Promise<L> {
    const link = await this.#options.open(onLost, signal)
    if (signal.aborted) link.close()
    return link
  }

  #lost(cause: unknown): void {
    this.#link = undefined
    this.#lastFailure = cause
    if (this.#closing.signal.aborted) return
    const longest = Math.min(longestDelay, firstDelay * 2 ** this.#failures++)
    this.#retry = setTimeout(() => void this.#open().catch(() => {}), longest * (0.5 + 0.5 * Math.random()))
  }
}
