import type { BrokerSignals } from '@holdfast/core/hub'
import type { LogBounds } from './bounds.ts'
import { Repeat } from './repeat.ts'
import type { Tails } from './tails.ts'

/** Milliseconds: an engine that was away is not there again at once. */
const soon = 200

/**
 * Looks now and then whether wake-ups still come.
 *
 * A connection that listens can be dead for a quarter of an hour before TCP says so, and nobody misses a message that is
 * lost. So the heads of all topics are compared with what was told, and a message to oneself has to come back.
 */
export class Watch {
  readonly #tails: Tails
  readonly #signals: BrokerSignals
  readonly #timeout: number
  readonly #onDeaf: () => void
  readonly #repeat: Repeat
  readonly #id: string = crypto.randomUUID()
  #soon: ReturnType<typeof setTimeout> | undefined
  #isListening = false
  #isStopped = false
  #echo: () => void = () => {}

  /** @param onDeaf - wake-ups do not come any more */
  constructor(tails: Tails, signals: BrokerSignals, { checkInterval, timeout }: LogBounds, onDeaf: () => void) {
    this.#tails = tails
    this.#signals = signals
    this.#timeout = timeout
    this.#onDeaf = onDeaf
    this.#repeat = new Repeat(checkInterval, () => this.#round())
  }

  /** Begin, unless it has begun. */
  start(): void {
    this.#repeat.start()
  }

  /** Read what is new, now: the connection was lost. */
  look(): void {
    this.#tails.check().catch(() => this.lookSoon())
  }

  /** Read what is new as soon as that may succeed: it could not be read. Of many who ask for it one is enough. */
  lookSoon(): void {
    if (this.#isStopped || this.#soon !== undefined) return
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.look()
    }, soon)
  }

  stop(): void {
    this.#isStopped = true
    this.#repeat.stop()
    clearTimeout(this.#soon)
    this.#echo()
  }

  async #round(): Promise<void> {
    const looks = await Promise.allSettled([this.#tails.check(), this.#isHeard().then((isHeard) => !isHeard)])
    // A look that fails says nothing about wake-ups: the engine is away. Whoever publishes is told.
    if (looks.some((look) => look.status === 'fulfilled' && look.value)) this.#onDeaf()
  }

  async #isHeard(): Promise<boolean> {
    if (!this.#isListening) await this.#signals.listen(this.#id, () => this.#echo())
    this.#isListening = true
    return await new Promise<boolean>((resolve, reject) => {
      const timer = setTimeout(() => resolve(false), this.#timeout)
      this.#echo = () => {
        clearTimeout(timer)
        resolve(true)
      }
      this.#signals.send(this.#id, '').catch((error: unknown) => {
        clearTimeout(timer)
        reject(error)
      })
    })
  }
}
