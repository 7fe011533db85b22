import { createHub, type Hub } from '@holdfast/core/hub'
import { directHeader, type DirectOptions } from '../protocol.ts'
import type { Topic } from './topic.ts'

/**
 * Event streams that the object writes itself: half of the CPU of a delivery through a Worker's WebSocket, one request
 * less, and no hibernation while a client is connected.
 */
export class DirectStreams {
  readonly #topic: Topic
  #hub: Hub | undefined

  constructor(topic: Topic) {
    this.#topic = topic
  }

  get size(): number {
    return this.#hub?.stats().subscribers ?? 0
  }

  /** Answer a request with the header `holdfast-direct`. */
  respond(request: Request): Promise<Response> {
    const { topic, start, expiresAt, stream } = JSON.parse(request.headers.get(directHeader) ?? '') as DirectOptions
    this.#hub ??= createHub({ broker: this.#topic.broker() })
    return this.#hub.respond(request, { topics: [topic], start, expiresAt, stream })
  }

  /** Close all. Resolves with how many. */
  async disconnect(topic: string): Promise<number> {
    return (await this.#hub?.disconnect({ topic })) ?? 0
  }
}
