import { connect } from '../../src/client/connect.ts'
import type { Status } from '../../src/client/status.ts'
import type {
  ConnectionGap,
  ConnectOptions,
  Endpoints,
  EndpointsFunction,
  EventConnection,
  TopicEvent,
} from '../../src/client/types.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'

const encoder = new TextEncoder()

/** One request of the client, answered when the test says so. */
export class Exchange {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: unknown
  readonly init: RequestInit
  aborted = false
  cancelled = false
  /** How often the client asked for a chunk. */
  pulls = 0
  readonly #resolve: (response: Response) => void
  readonly #reject: (error: unknown) => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined

  constructor(url: string, init: RequestInit, resolve: (response: Response) => void, reject: (error: unknown) => void) {
    this.url = new URL(url)
    this.init = init
    this.method = init.method ?? 'GET'
    this.headers = new Headers(init.headers)
    this.body = init.body
    this.#resolve = resolve
    this.#reject = reject
    init.signal?.addEventListener('abort', () => {
      this.aborted = true
      this.#reject(init.signal?.reason)
      try {
        this.#controller?.error(init.signal?.reason)
      } catch {
        // It had ended.
      }
    })
  }

  get host(): string {
    return this.url.host
  }

  get lastEventId(): string | null {
    return this.headers.get('last-event-id')
  }

  answer(status: number, headers: Record<string, string> = {}): void {
    this.#resolve(new Response(null, { status, headers }))
  }

  refuse(): void {
    this.#reject(new TypeError('Connection refused'))
  }

  /** Answer with a stream that begins with `text`, perhaps after a redirect to `url`. */
  open(text = '', headers: Record<string, string> = {}, url = ''): this {
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => void this.pulls++,
        cancel: () => void (this.cancelled = true),
      },
      { highWaterMark: 0 },
    )
    const response = new Response(body, { status: 200, headers: { 'content-type': 'text/event-stream', ...headers } })
    this.#resolve(Object.defineProperty(response, 'url', { value: url }))
    return text ? this.send(text) : this
  }

  send(text: string): this {
    this.#controller?.enqueue(encoder.encode(text))
    return this
  }

  end(): void {
    this.#controller?.close()
  }

  cut(): void {
    this.#controller?.error(new TypeError('Connection reset'))
  }
}

/** A client in a world of its own. */
export class Stage {
  readonly environment: FakeEnvironment
  readonly exchanges: Exchange[] = []
  /** The same for polls, which are tried where nothing comes for 3 s. */
  readonly polls: Exchange[] = []
  readonly states: Status[] = []
  readonly gaps: ConnectionGap[] = []
  readonly connection: EventConnection
  events: TopicEvent[] = []

  constructor(
    endpoints: Endpoints | EndpointsFunction,
    options: ConnectOptions = {},
    environment: FakeEnvironment = new FakeEnvironment(),
  ) {
    this.environment = environment
    const inside = {
      fetch: this.fetch,
      onGap: (gap: ConnectionGap) => void this.gaps.push(gap),
      ...options,
      [Symbol.for('holdfast.clock')]: environment,
    }
    this.connection = connect(endpoints, inside)
    this.connection.onStatus((status) => this.states.push(status))
  }

  readonly fetch = ((input: string, init: RequestInit = {}) =>
    new Promise<Response>((resolve, reject) => {
      const exchange = new Exchange(input, init, resolve, reject)
      const isPoll = exchange.url.searchParams.get('mode') === 'poll'
      if (isPoll) this.polls.push(exchange)
      else this.exchanges.push(exchange)
    })) as typeof fetch

  /** Let `message` events flow to a listener. */
  listen(): this {
    this.connection.on('message', (event) => this.events.push(event))
    return this
  }

  get data(): string[] {
    return this.events.map(({ data }) => data)
  }

  get last(): Exchange {
    const exchange = this.exchanges.at(-1)
    if (!exchange) throw new Error('Nothing was asked for')
    return exchange
  }

  settle(): Promise<void> {
    return this.environment.settle()
  }

  advance(milliseconds: number): Promise<void> {
    return this.environment.advance(milliseconds)
  }

  /** Open what was asked for last. */
  async open(text = '', headers: Record<string, string> = {}): Promise<Exchange> {
    await this.settle()
    const { last } = this
    last.open(text, headers)
    await this.settle()
    return last
  }

  async send(exchange: Exchange, text: string): Promise<void> {
    exchange.send(text)
    await this.settle()
  }

  /** What the loop over the connection comes to, after its events. */
  async collect(): Promise<{ data: string[]; error: unknown }> {
    const data: string[] = []
    try {
      for await (const event of this.connection) data.push(event.data)
      return { data, error: undefined }
    } catch (error) {
      return { data, error }
    }
  }
}

export const a = 'http://a.test/events'
export const b = 'http://b.test/events'
export const c = 'http://c.test/events'

/** An id of the topic `a`. */
export function id(offset: number, epoch = 1): string {
  return `c1~6mcnqj1z-${epoch.toString(36)}-${offset.toString(36)}`
}

export function checkpoint(offset: number, epoch = 1): string {
  return `id: ${id(offset, epoch)}\n\n`
}

/** An event of the topic `a`, whose data is its offset. */
export function event(offset: number, epoch = 1): string {
  return `id: ${id(offset, epoch)}\ndata: ${offset}\n\n`
}

/** What a standby is told: where its server's log is. */
export function at(offset: number): string {
  return `: hint heartbeat=10000 topics=a at=${id(offset)}\n\n`
}

export function gap(offset: number, epoch = 1, reason = 'trimmed'): string {
  return `event: gap\nid: ${id(offset, epoch)}\ndata: ${JSON.stringify({ reason, topics: ['a'], from: id(1), to: id(offset, epoch) })}\n\n`
}

export const hello = ': hint heartbeat=10000 t=1 topics=a\n\n'

/** Twenty events, two a second: a rhythm. */
export async function busy(stage: Stage): Promise<Exchange> {
  const stream = await stage.open(hello + checkpoint(0))
  for (let offset = 1; offset <= 20; offset++) {
    await stage.advance(500)
    await stage.send(stream, event(offset))
  }
  return stream
}
