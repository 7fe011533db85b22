import type { BrokerEvent, HistoryPage, Position, StoredEvent } from '@holdfast/core/hub'
import type { ObjectState, Socket } from './types.ts'

/** What is asked of a log. */
export interface PublishBody {
  events: readonly BrokerEvent[]
  key?: string | undefined
  maxEvents: number
}

declare const WebSocketPair: new () => { 0: Socket; 1: Socket }

/** One topic's log in a Durable Object: SQLite is the truth, hibernatable WebSockets carry the events. */
export class LogObject {
  readonly #state: ObjectState
  readonly #epoch: number

  constructor(state: ObjectState) {
    this.#state = state
    this.#sql('CREATE TABLE IF NOT EXISTS state (epoch INTEGER, head INTEGER)')
    this.#sql('CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, event TEXT)')
    this.#sql('CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, position INTEGER)')
    this.#sql('INSERT INTO state SELECT ?, 0 WHERE NOT EXISTS (SELECT 1 FROM state)', Date.now())
    this.#epoch = Number(this.#sql('SELECT epoch FROM state')[0]?.['epoch'])
  }

  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/subscribe') return this.#subscribe(searchParams.getAll('tag'))
    if (pathname === '/publish') return Response.json(this.#publish((await request.json()) as PublishBody))
    if (pathname === '/read')
      return Response.json(this.#read(...((await request.json()) as [Position | 'earliest', number])))
    if (pathname === '/send') this.#send(await request.text(), searchParams.getAll('tag'))
    if (pathname === '/lose') await this.#state.storage.deleteAll()
    if (pathname === '/lose' || pathname === '/abort') this.#state.abort('The contract restarts the object')
    return new Response()
  }

  #sql(query: string, ...values: (string | number)[]): Record<string, string | number | null>[] {
    return this.#state.storage.sql.exec(query, ...values).toArray()
  }

  get #head(): number {
    return Number(this.#sql('SELECT head FROM state')[0]?.['head'])
  }

  // Nothing is awaited, so it is one step, and the output gate holds the answer back until it is on disk.
  #publish({ events, key, maxEvents }: PublishBody): { position: Position; duplicate: boolean } {
    const name = JSON.stringify(key)
    const known = key === undefined ? undefined : this.#sql('SELECT position FROM keys WHERE name = ?', name)[0]
    if (known) return { position: { epoch: this.#epoch, offset: Number(known['position']) }, duplicate: true }
    let offset = this.#head
    for (const event of events) {
      // As JSON: SQLite's own text ends at a NUL.
      this.#sql('INSERT INTO events VALUES (?, ?)', ++offset, JSON.stringify(event))
      this.#send(JSON.stringify({ ...event, position: { epoch: this.#epoch, offset } }), ['event'])
    }
    this.#sql('UPDATE state SET head = ?', offset)
    this.#sql('DELETE FROM events WHERE position <= ?', offset - maxEvents)
    if (key !== undefined) this.#sql('INSERT INTO keys VALUES (?, ?)', name, offset)
    return { position: { epoch: this.#epoch, offset }, duplicate: false }
  }

  #read(after: Position | 'earliest', limit: number): HistoryPage {
    const head = this.#head
    const oldest = Number(this.#sql('SELECT min(position) AS first FROM events')[0]?.['first'] ?? head + 1) - 1
    const gap = after === 'earliest' ? undefined : this.#gapAfter(after, oldest, head)
    const from = after === 'earliest' || gap ? oldest : after.offset
    const rows = this.#sql(
      'SELECT position, event FROM events WHERE position > ? ORDER BY position LIMIT ?',
      from,
      limit,
    )
    const events = rows.map(({ position, event }): StoredEvent => {
      return {
        position: { epoch: this.#epoch, offset: Number(position) },
        ...(JSON.parse(String(event)) as BrokerEvent),
      }
    })
    return {
      events,
      head: { epoch: this.#epoch, offset: head },
      more: from + events.length < head,
      ...(gap && { gap }),
    }
  }

  #gapAfter({ epoch, offset }: Position, oldest: number, head: number): HistoryPage['gap'] {
    if (epoch !== this.#epoch || offset > head) return 'new-epoch'
    return offset < oldest ? 'trimmed' : undefined
  }

  // The head is the first message, and accepting the socket is the same step.
  #subscribe(tags: string[]): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#state.acceptWebSocket(server, tags)
    server.send(JSON.stringify({ epoch: this.#epoch, offset: this.#head }))
    return new Response(null, { status: 101, webSocket: client } as ResponseInit)
  }

  #send(text: string, tags: readonly string[]): void {
    for (const tag of tags) for (const socket of this.#state.getWebSockets(tag)) socket.send(text)
  }

  webSocketClose(socket: Socket): void {
    socket.close()
  }
}
