import { connect, type EventConnection, type RedundancyLevel } from '@holdfast/core/client'
import { topic } from './app-server.ts'

/** Reads a topic from its beginning as an application does, by `connect()`, and notes what comes. */
export class ClientReader implements Disposable {
  readonly name: string
  readonly texts: string[] = []
  /** Why events are missing, and how many texts had come when that was told. */
  readonly gaps: { reason: string; after: number }[] = []
  /** What its connection did last. */
  readonly history: string[] = []
  readonly #servers: readonly string[]
  readonly #connection: EventConnection

  constructor(name: string, servers: readonly string[], redundancy: RedundancyLevel) {
    this.name = name
    this.#servers = servers
    const urls = servers.map((url) => `${url}/events?topic=${topic}`)
    this.#connection = connect(urls, {
      lastEventId: 'earliest',
      redundancy,
      onGap: ({ reason }) => void this.gaps.push({ reason, after: this.texts.length }),
    })
    this.#connection.on('*', ({ data }) => void this.texts.push(data))
    this.#connection.onStatus((status) => this.#note(JSON.stringify(status)))
  }

  canReadWithout(server: string | undefined): boolean {
    return this.#servers.some((url) => url !== server)
  }

  /** What came after the last gap. */
  get sinceGap(): string[] {
    return this.texts.slice(this.gaps.at(-1)?.after ?? 0)
  }

  /** What came between gaps. */
  get parts(): string[][] {
    return [0, ...this.gaps.map(({ after }) => after)].map((from, index) =>
      this.texts.slice(from, this.gaps[index]?.after),
    )
  }

  [Symbol.dispose](): void {
    this.#connection.close()
  }

  #note(status: string): void {
    this.history.push(`${Math.round(performance.now())} ${status}`)
    if (this.history.length > 20) this.history.shift()
  }
}
