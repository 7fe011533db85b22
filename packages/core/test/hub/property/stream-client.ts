import type { Hub, HubEvent } from '../../../src/hub/types.ts'
import type { StreamOptions } from '../../../src/response/options.ts'
import { sinkBodyOf } from '../../../src/fanout/sink.ts'
import { EventStreamParser } from '../../../src/wire/parse.ts'
import { Inbox } from './inbox.ts'
import { type Beginning, type Ledger, Violation } from './ledger.ts'
import type { Random } from './random.ts'
import { VectorKeeper } from './vector-keeper.ts'

/** How a client connects. */
export interface Dialing {
  hub: Hub
  topics: readonly string[]
  filter?: ((event: HubEvent) => boolean) | undefined
  stream: StreamOptions
  /** An adapter takes the body over, instead of a reader of the web stream. */
  direct: boolean
  standby: boolean
  /** It says that it keeps the whole vector itself, as `connect()` does. */
  keepsVector: boolean
}

/** A client that keeps no other state than the last event ID, as native EventSource does, or the vector of its topics. */
export class StreamClient {
  readonly ledger: Ledger
  readonly dialing: Omit<Dialing, 'hub'>
  state: 'idle' | 'connecting' | 'open' | 'finished' = 'idle'
  hub: Hub | undefined
  lastEventId = ''
  beginning: Beginning = 'now'
  /** Ids that it got, for others to begin with. */
  readonly ids: string[] = []
  readonly #random: Random
  readonly #fail: (error: unknown) => void
  #inbox: Inbox | undefined
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #reading = false
  #parser: EventStreamParser | undefined
  #connection = 0
  #opened = false
  /** An id has come on this connection. */
  #told = false

  constructor(ledger: Ledger, dialing: Omit<Dialing, 'hub'>, random: Random, fail: (error: unknown) => void) {
    this.ledger = ledger
    this.dialing = dialing
    this.#random = random
    this.#fail = fail
  }

  /** Connect, with the last event ID in the header or in the query. */
  connect(hub: Hub): void {
    this.state = 'connecting'
    this.hub = hub
    const connection = ++this.#connection
    const { topics, filter, stream, standby } = this.dialing
    this.ledger.begin(this.lastEventId, this.beginning)
    hub.respond(this.#request(standby), { topics, filter, stream }).then(
      (response) => this.#answered(response, connection),
      () => {
        if (connection === this.#connection) this.state = 'idle'
      },
    )
  }

  /** Take what is there; of a web stream, ask for it. */
  read(): void {
    if (this.#inbox) this.#takeChunk(this.#inbox)
    else if (this.#reader && !this.#reading) void this.#readChunk(this.#reader, this.#connection)
  }

  /** The connection breaks: of what was under way, a part may still arrive. */
  cut(): void {
    const chunk = this.#inbox?.chunks[0]
    if (chunk && this.#random.chance(0.5)) this.#push(chunk.subarray(0, this.#random.below(chunk.length)))
    this.#inbox?.onClose?.(new Error('Connection reset'))
    void this.#reader?.cancel().catch(() => {})
    this.#close()
  }

  #request(standby: boolean): Request {
    const url = new URL('http://localhost/events')
    const headers = new Headers(this.dialing.keepsVector ? { accept: 'text/event-stream;holdfast=1' } : {})
    if (standby) url.searchParams.set('mode', 'standby')
    if (this.lastEventId === '' && this.beginning === 'earliest') url.searchParams.set('lastEventId', 'earliest')
    // Each header's character is one byte of UTF-8.
    else if (this.#random.chance(0.6))
      headers.set('last-event-id', String.fromCharCode(...new TextEncoder().encode(this.lastEventId)))
    else if (this.lastEventId !== 'earliest') url.searchParams.set('lastEventId', this.lastEventId)
    else headers.set('last-event-id', 'earliest')
    return new Request(url, { headers })
  }

  #answered(response: Response, connection: number): void {
    if (connection !== this.#connection) return void response.body?.cancel()
    if (response.status === 204) {
      this.state = 'finished'
      return
    }
    this.ledger.answered()
    this.state = 'open'
    this.#opened = this.#told = false
    this.#parser = this.#newParser()
    const inbox = new Inbox(this.#random)
    if (this.dialing.direct && sinkBodyOf(response.body)?.attach(inbox)) this.#inbox = inbox
    else this.#reader = response.body?.getReader()
  }

  #newParser(): EventStreamParser {
    const { standby, keepsVector, topics } = this.dialing
    const keeper = keepsVector ? new VectorKeeper(topics, this.lastEventId) : undefined
    return new EventStreamParser(
      {
        onCheckpoint: (sent) => {
          if (standby) throw new Violation(`A standby got id ${sent}`)
          const id = keeper?.whole(sent) ?? sent
          this.#note(id)
          this.ledger.checkpoint(id)
        },
        onEvent: (sent, ownId) => {
          if (standby) throw new Violation(`A standby got event ${sent.id}`)
          if (ownId === undefined) throw new Violation(`Event without an id of its own: ${sent.data.slice(0, 20)}`)
          const event = keeper?.wholeEvent(sent) ?? sent
          this.#note(event.id)
          this.ledger.event(event)
        },
      },
      { lastEventId: this.lastEventId },
    )
  }

  #note(id: string): void {
    this.#told = true
    this.lastEventId = id
    if (this.ids.length < 100) this.ids.push(id)
    else this.ids[this.#random.below(100)] = id
  }

  #push(bytes: Uint8Array): void {
    try {
      this.#parser?.push(bytes)
      if (!this.#opened && !this.dialing.standby) this.ledger.opened(this.#told)
      this.#opened = true
    } catch (error) {
      this.#fail(error)
    }
  }

  #takeChunk(inbox: Inbox): void {
    const chunk = inbox.chunks.shift()
    if (chunk) this.#push(chunk)
    if (inbox.chunks.length > 0) return
    if (inbox.ended) this.#close()
    else inbox.drain()
  }

  async #readChunk(reader: ReadableStreamDefaultReader<Uint8Array>, connection: number): Promise<void> {
    this.#reading = true
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
    if (connection !== this.#connection) return
    this.#reading = false
    if (value) this.#push(value)
    if (done) this.#close()
  }

  #close(): void {
    this.#connection++
    this.#reading = false
    this.#inbox = this.#reader = undefined
    this.#parser?.end()
    this.#parser = undefined
    this.state = 'idle'
  }
}
