import { createHub, type Hub } from '@holdfast/core/hub'
import type { StreamOptions } from '@holdfast/core'
import { directHeader } from './protocol.ts'
import type { Topic } from './topic.ts'

/** How a Worker wants an object to answer with an event stream of its own. Only what survives JSON. */
export interface DirectOptions {
  topic: string
  identity?: string | undefined
  expiresAt?: number | undefined
  stream?: Pick<StreamOptions, (typeof forwarded)[number]> | undefined
}

// Status and headers are the Worker's to write.
const forwarded = ['heartbeat', 'stallTimeout', 'maxAge', 'maxBufferedBytes', 'retry'] as const

/** What of a stream's options an object can be told. */
export function forwardable(stream: StreamOptions): NonNullable<DirectOptions['stream']> {
  return Object.fromEntries(forwarded.filter((name) => stream[name] !== undefined).map((name) => [name, stream[name]]))
}

/** The request for an event stream, made anew: nothing of the client's own headers can be taken for the Worker's. */
export function directRequest(request: Request, options: DirectOptions): Request {
  const headers = new Headers({ [directHeader]: encodeURIComponent(JSON.stringify(options, finite)) })
  for (const name of ['accept', 'last-event-id']) {
    const value = request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}

// JSON would make null of it, which as a time is 1970.
function finite(_name: string, value: unknown): unknown {
  return value === Infinity ? Number.MAX_VALUE : value
}

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

  /** Answer a {@link directRequest}. */
  respond(request: Request): Promise<Response> {
    const header = request.headers.get(directHeader) as string
    const { topic, identity, expiresAt, stream } = JSON.parse(decodeURIComponent(header)) as DirectOptions
    this.#hub ??= createHub({ broker: this.#topic.broker() })
    return this.#hub.respond(request, { topics: [topic], identity, expiresAt, stream })
  }

  /** Close the streams of an identity, or all. Returns how many. */
  async disconnect(topic: string, identity: string | undefined): Promise<number> {
    return (await this.#hub?.disconnect({ topic, identity })) ?? 0
  }
}
