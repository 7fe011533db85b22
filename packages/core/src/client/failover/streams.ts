import type { EndpointState } from './endpoints.ts'
import type { Stream } from './stream.ts'

/** All attempts and streams of a connection that are not closed, and which of them delivers. */
export class Streams {
  readonly #all = new Set<Stream>()
  /** The stream that delivers: its events count where they cannot be compared. */
  primary: Stream | undefined;

  [Symbol.iterator](): Iterator<Stream> {
    // A copy: what is done with one of them may close another.
    return [...this.#all][Symbol.iterator]()
  }

  add(stream: Stream): void {
    this.#all.add(stream)
  }

  remove(stream: Stream): void {
    this.#all.delete(stream)
    if (this.primary === stream) this.primary = undefined
  }

  /** Those that bring events, healthy or not. */
  get delivering(): Stream[] {
    return [...this.#all].filter((stream) => stream.isDelivering)
  }

  /** One that can be relied on. */
  get healthy(): Stream | undefined {
    return this.delivering.find((stream) => stream.isHealthy && !stream.isOdd)
  }

  /** Those that are silent for longer than usual. */
  get odd(): Stream[] {
    return [...this.#all].filter((stream) => stream.isOdd)
  }

  /** Whether one was heard after those that are odd: what it does not bring is not to be had elsewhere either. */
  get haveWitness(): boolean {
    const silence = Math.min(...this.odd.map(({ attempt }) => attempt.silentFor))
    return [...this.#all].some(
      ({ attempt }) => attempt.state === 'live' && attempt.isHeard && attempt.silentFor < silence,
    )
  }

  /** Attempts of a race that have no answer yet. */
  get racing(): Stream[] {
    return [...this.#all].filter((stream) => stream.isRacing)
  }

  /** The additional connection, also while it is being opened. */
  get extra(): Stream | undefined {
    for (const stream of this.#all) {
      if (stream !== this.primary && (stream.purpose === 'full' || stream.isStandby)) return stream
    }
    return undefined
  }

  /** Whether an attempt runs at an endpoint, or a stream that is to be left. Of a suspect its connection may be to blame. */
  occupies({ url }: EndpointState): boolean {
    for (const stream of this.#all) {
      const isLeft = !stream.attempt.isOpen || stream.leaving !== undefined
      if (stream.endpoint.url === url && !stream.isStandby && isLeft) return true
    }
    return false
  }
}
