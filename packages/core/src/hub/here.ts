import { callSafely } from '../report.ts'
import type { FleetMember, StreamMatch } from './fleet.ts'
import type { OpenStreams } from './open-streams.ts'
import type { HubOptions } from './types.ts'

/** This hub among the others of its fleet: its load, and its streams. */
export class Here implements FleetMember {
  readonly #options: Pick<HubOptions, 'load' | 'maxSubscribers'>
  readonly #streams: OpenStreams

  constructor(options: Pick<HubOptions, 'load' | 'maxSubscribers'>, streams: OpenStreams) {
    this.#options = options
    this.#streams = streams
  }

  get isFull(): boolean {
    return this.#streams.size >= (this.#options.maxSubscribers ?? Infinity)
  }

  load(): number | undefined {
    const { load, maxSubscribers } = this.#options
    const own = load ? callSafely(load) : maxSubscribers && this.#streams.weight / maxSubscribers
    return own === undefined ? undefined : Math.min(Math.max(own, 0), 1)
  }

  hasStreams(): boolean {
    return this.#streams.size > 0
  }

  count(topic: string): number {
    return this.#streams.count(topic)
  }

  disconnect(match: StreamMatch): number {
    const streams = this.#streams.matching(match)
    for (const { subscriber } of streams) subscriber.close('disconnected')
    return streams.length
  }

  acknowledge(connection: string): boolean {
    const stream = this.#streams.acknowledgedAs(connection)
    stream?.subscriber.acknowledge()
    return stream !== undefined
  }
}
