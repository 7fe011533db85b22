import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { type LaunchedServer, launch } from '../launch.ts'
import { RawClient, type RawRequest, openRaw } from '../raw-client/index.ts'
import type { ContractSubject } from './capabilities.ts'
import { type SocketFate, socketFate } from './socket-fate.ts'
import type { FixtureState, PublishResult } from './fixture-app.ts'
import type { CloseRecord, StreamRecord } from './journal.ts'

/**
 * Coarse timers, a busy machine and a runtime's own delays: what a wait for something that must happen may take. Beside
 * other tests the two workerd processes passed on 1 MB a second, and a client is stalled after 20 to 40 MB.
 */
export const patience = 120_000
/** What no request takes, however busy the machine: 200 MB through a Durable Object took a minute beside other tests. */
export const hang = 300_000

/** A request's query. */
export type Query = Record<string, string | number>

/** A fixture server and the requests a contract makes of it. */
export class Subject {
  readonly #server: () => LaunchedServer
  readonly #clients = new Set<RawClient>()
  #names = 0

  constructor(server: () => LaunchedServer) {
    this.#server = server
  }

  get server(): LaunchedServer {
    return this.#server()
  }

  /** A name, and so a topic, that no other test uses. */
  name(): string {
    return `s${++this.#names}`
  }

  /** Open a stream, or make any other request, over a raw socket. */
  async open(path: string, query: Query = {}, request: RawRequest = {}): Promise<RawClient> {
    const client = await openRaw(this.#url(path, query), { within: patience, ...request })
    this.#clients.add(client)
    return client
  }

  /** Connect, and send what `request` says, without waiting for an answer. */
  connect(request: RawRequest): RawClient {
    const client = new RawClient(new URL(this.server.url), { within: patience, ...request })
    this.#clients.add(client)
    return client
  }

  /** Open a stream and wait for its first bytes. */
  async stream(path: string, query: Query = {}, request: RawRequest = {}): Promise<RawClient> {
    const client = await this.open(path, query, request)
    await client.until('the first bytes', () => client.bodyBytes > 0)
    return client
  }

  async publish(topic: string, count: number, size: number, more: Query = {}): Promise<PublishResult> {
    return (await this.#ask('/publish', { topic, count, size, ...more }, 'POST')) as PublishResult
  }

  async post(path: string, query: Query = {}): Promise<unknown> {
    return await this.#ask(path, query, 'POST')
  }

  async state(query: Query = {}): Promise<FixtureState> {
    return (await this.#ask('/state', query, 'GET')) as FixtureState
  }

  /** Wait for what is known of a stream to satisfy `check`. */
  async untilStream(name: string, check: (record: StreamRecord) => boolean): Promise<StreamRecord> {
    let seen: StreamRecord | undefined
    const look = async (): Promise<StreamRecord | false> => {
      seen = (await this.state({ name })).stream
      return seen !== undefined && check(seen) && seen
    }
    return eventually(`the stream ${name}`, look, { within: patience, last: () => seen })
  }

  /** Wait until the source of a stream waits for its reader: it has sent nothing between two looks. Returns how much it sent. */
  async untilBlocked(name: string): Promise<number> {
    let sent = -1
    const standsStill = async (): Promise<boolean> =>
      sent === (sent = (await this.state({ name })).stream?.source?.sent ?? -2)
    await eventually('the source to wait', standsStill, { within: patience, every: 500, last: () => sent })
    return sent
  }

  /** Wait until a stream is closed, and check that it is closed once and has left nothing behind. */
  async closed(name: string, topic?: string, more: Query = {}): Promise<CloseRecord> {
    const ofHub = topic === undefined ? 0 : 1
    const isClosed = ({ closes, hubCloses }: StreamRecord): boolean => closes.length > 0 && hubCloses.length >= ofHub
    const { closes, hubCloses } = await this.untilStream(name, isClosed)
    expect(closes, `the closes of ${name}`).toHaveLength(1)
    if (topic !== undefined) {
      expect(hubCloses, `what the hub was told of ${name}`).toHaveLength(1)
      await this.untilCount(topic, 0, more)
    }
    return closes[0]!
  }

  /** Wait until a topic has so many subscribers: an object hears of one a moment later than who answers the client. */
  async untilCount(topic: string, count: number, more: Query = {}): Promise<void> {
    let seen: number | undefined
    const look = async (): Promise<boolean> => (seen = (await this.state({ topic, ...more })).count) === count
    await eventually(`${count} subscribers of ${topic}`, look, { within: patience, last: () => seen })
  }

  /** What has become of the server's side of a connection. */
  socketOf(client: RawClient): SocketFate {
    return socketFate(Number(new URL(this.server.url).port), client.localPort)
  }

  /** Write something to every stream there ever was, for runtimes that find out by writing who has left. */
  async writeToAll(): Promise<void> {
    for (let index = 1; index <= this.#names; index++) {
      await this.post('/poke', { name: `s${index}` })
      for (const more of [{}, { roomy: 1 }]) await this.publish(`s${index}`, 1, 1, more)
    }
  }

  /** All clients leave that have not left yet. */
  destroyClients(): void {
    for (const client of this.#clients) client.destroy()
  }

  #url(path: string, query: Query): string {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
    return `${this.server.url}${path}?${search.toString()}`
  }

  async #ask(path: string, query: Query, method: string): Promise<unknown> {
    const response = await fetch(this.#url(path, query), { method, signal: AbortSignal.timeout(hang) })
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }
}

/**
 * Start a runtime's fixture server for the tests of the present `describe`.
 *
 * @param fixture - gives options of `serve`
 */
export function useSubject(contract: ContractSubject, fixture?: () => object | Promise<object>): Subject {
  const { subject, begin, end } = prepare(contract, fixture)
  beforeAll(begin)
  afterAll(end)
  return subject
}

/** The same for a test that ends its server: each try of it has one of its own. */
export function useSubjectOnce(contract: ContractSubject, fixture?: () => object | Promise<object>): Subject {
  const { subject, begin, end } = prepare(contract, fixture)
  beforeEach(begin)
  afterEach(end)
  return subject
}

function prepare({ command, args, env }: ContractSubject, fixture: () => object | Promise<object> = () => ({})) {
  let server: LaunchedServer | undefined
  const subject = new Subject(() => server!)
  const begin = async (): Promise<void> => {
    server = await launch({ command, args, env: { ...env, FIXTURE: JSON.stringify(await fixture()) } })
  }
  const end = async (): Promise<void> => {
    subject.destroyClients()
    await server?.close()
  }
  return { subject, begin, end }
}
