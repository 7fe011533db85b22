import { setImmediate as nextTurn } from 'node:timers/promises'
import { StreamHub } from '../../../src/hub/hub.ts'
import type { Hub, HubEvent } from '../../../src/hub/types.ts'
import { Engine } from './engine.ts'
import { Ledger, type Tally, Violation } from './ledger.ts'
import { LocalClient } from './local-client.ts'
import { Publisher } from './publisher.ts'
import { Random } from './random.ts'
import { SlowBroker } from './slow-broker.ts'
import { StreamClient } from './stream-client.ts'
import { VirtualEnvironment } from './virtual-environment.ts'

interface Server {
  hub: Hub
  broker: SlowBroker
}

type Client = StreamClient | LocalClient

const garbage = ['7', 'garbage', 'c1~', 'c1~zz-1-1', 'earliest', 'ünïcödé 🐟', 'c2~00000000-1-1', 'x'.repeat(5_000)]
const actions = {
  arrive: 30,
  turn: 12,
  read: 30,
  tick: 6,
  publish: 14,
  advance: 5,
  connect: 8,
  cut: 3,
  newcomer: 3,
  end: 1.5,
  run: 0.7,
  trim: 3,
  lose: 0.7,
  clock: 1,
  disconnectBroker: 1.5,
  healBroker: 4,
  drop: 2,
  restart: 1,
  disconnect: 0.5,
  retry: 2,
}
type Action = keyof typeof actions
// Each run has only some of these: together they would hide each other.
const faults: Action[] = [
  'cut',
  'end',
  'run',
  'trim',
  'lose',
  'clock',
  'disconnectBroker',
  'drop',
  'restart',
  'disconnect',
]

/** One run: a world, an engine, hubs and clients, and an adversary who decides what happens next. */
export class Simulation {
  readonly tally: Tally = { events: 0, gaps: 0 }
  readonly trace: string[] = []
  readonly #random: Random
  readonly #environment: VirtualEnvironment
  readonly #engine: Engine
  readonly #topics: string[]
  readonly #maxBufferedBytes: number
  readonly #weights: Record<Action, number>
  readonly #servers: Server[] = []
  readonly #retired: Server[] = []
  readonly #clients: Client[] = []
  readonly #publisher: Publisher
  #failure: Error | undefined

  constructor(seed: number) {
    const random = (this.#random = new Random(seed))
    this.#environment = new VirtualEnvironment({ seed })
    this.#engine = new Engine(this.#environment.wallTime)
    this.#engine.onStored = (topic, events) => {
      for (const { broker } of [...this.#servers, ...this.#retired]) broker.hear(topic, events)
    }
    this.#topics = Array.from({ length: random.between(1, 6) }, (_, index) => `t${index}`)
    this.#publisher = new Publisher(random, this.#topics, () => this.#server().hub, this.trace)
    this.#maxBufferedBytes = random.pick([0, 300, 2_000, 20_000, 1_048_576])
    this.#weights = { ...actions }
    for (const fault of faults) if (random.chance(0.5)) this.#weights[fault] = 0
    for (let count = random.between(1, 3); count > 0; count--) this.#startServer()
  }

  /** @throws {Violation} */
  async run(): Promise<void> {
    const steps = this.#random.between(60, 250)
    for (let step = 0; step < steps; step++) {
      const action = this.#random.weighted(this.#weights)
      await this.#actions[action]()
      this.#check()
    }
    await this.#calmDown()
  }

  readonly #actions: Record<Action, () => void | Promise<void>> = {
    arrive: () => void this.#random.pick([...this.#servers, ...this.#retired]).broker.step(),
    turn: () => this.#environment.turn(),
    read: () => this.#someone()?.read(),
    tick: () => nextTurn(),
    publish: () => this.#publisher.publish(),
    retry: () => this.#publisher.retry(),
    advance: () => this.#environment.advance(this.#random.pick([10, 100, 1_000, 3_000])),
    connect: () => this.#connect(this.#someone()),
    cut: () => this.#note('cut', this.#someone())?.cut(),
    newcomer: () => this.#newcomer(),
    end: () => this.#publisher.end(),
    run: () => this.#publisher.run(),
    trim: () => this.#trim(),
    lose: () => this.#lose(),
    clock: () => this.#environment.setClock(this.#random.between(-60_000, 10_000)),
    disconnectBroker: () => this.#server().broker.cut(),
    healBroker: () => this.#server().broker.heal(),
    drop: () => this.#server().broker.drop(),
    restart: () => this.#restart(),
    disconnect: () => void this.#server().hub.disconnect({ topic: this.#topic() }),
  }

  #check(): void {
    if (this.#failure) throw this.#failure
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error instanceof Error ? error : new Violation(String(error))
  }

  #note<T>(what: string, value: T): T {
    this.trace.push(what)
    return value
  }

  #server(): Server {
    return this.#random.pick(this.#servers)
  }

  #topic(): string {
    return this.#random.pick(this.#topics)
  }

  #someone(): Client | undefined {
    return this.#clients.length === 0 ? undefined : this.#random.pick(this.#clients)
  }

  #startServer(): void {
    const broker = new SlowBroker(this.#engine, this.#random)
    const stream = { maxBufferedBytes: this.#maxBufferedBytes, heartbeat: this.#random.pick([500, 2_000, 10_000]) }
    this.#servers.push({ broker, hub: new StreamHub({ broker, stream, onError: () => {} }, this.#environment) })
  }

  #trim(): void {
    const topic = this.#topic()
    const keep = this.#random.below(4)
    this.trace.push(`trim ${topic} to ${keep}`)
    this.#engine.trim(topic, keep)
  }

  #lose(): void {
    const topic = this.#topic()
    this.trace.push(`lose ${topic}`)
    this.#engine.lose(topic)
    for (const { broker } of [...this.#servers, ...this.#retired]) broker.forget(topic)
  }

  // Killed, or drained and then gone: another takes its place on the same engine.
  #restart(): void {
    const index = this.#random.below(this.#servers.length)
    const [server] = this.#servers.splice(index, 1) as [Server]
    this.trace.push('restart')
    this.#startServer()
    if (this.#random.chance(0.5)) {
      this.#retired.push(server)
      void server.hub.drain({ within: 1_000 }).then(() => server.hub.close())
      return
    }
    server.broker.cut()
    for (const client of this.#clients) if (client.hub === server.hub) client.cut()
    void server.hub.close()
  }

  #newcomer(): void {
    const topics = this.#random.some(this.#topics)
    const filtered = this.#random.chance(0.25)
    const visible = (data: string): boolean => parseInt(data) % 3 !== 0
    if (this.#random.chance(0.15)) {
      const ledger = new Ledger(this.#engine, topics, () => true, this.tally)
      return void this.#clients.push(this.#introduce(new LocalClient(ledger, topics, this.#fail)))
    }
    const dialing = {
      topics,
      filter: filtered ? ({ data }: HubEvent) => visible(data) : undefined,
      stream: this.#random.chance(0.1) ? { maxAge: 4_000 } : {},
      direct: this.#random.chance(0.6),
      standby: this.#random.chance(0.05),
      keepsVector: this.#random.chance(0.4),
    }
    const ledger = new Ledger(this.#engine, topics, filtered ? visible : () => true, this.tally)
    this.#clients.push(this.#introduce(new StreamClient(ledger, dialing, this.#random, this.#fail)))
  }

  // Fresh, or with what another client once got, or with nonsense.
  #introduce<T extends Client>(client: T): T {
    const ids = this.#clients.flatMap((other) => ('ids' in other ? other.ids : []))
    const how = this.#random.weighted({ fresh: 3, earliest: 2, another: 3, garbage: 1, future: 0.5 })
    if (how === 'earliest') client.beginning = 'earliest'
    if (how === 'garbage') client.lastEventId = this.#random.pick(garbage)
    if (how === 'another' && ids.length > 0) client.lastEventId = this.#random.pick(ids)
    if (how === 'future' && ids.length > 0) client.lastEventId = this.#random.pick(ids).replace(/-(\w+)$/, '-zzzz')
    if (client instanceof LocalClient && client.lastEventId === 'earliest') client.lastEventId = ''
    this.trace.push(`client ${this.#clients.length} (${client.constructor.name}) ${how}`)
    return client
  }

  #connect(client: Client | undefined): void {
    if (client?.state === 'idle' || client?.state === 'finished') client.connect(this.#server().hub)
  }

  // Everything works again: now everybody must get everything.
  async #calmDown(): Promise<void> {
    this.trace.push('calm down')
    for (const { broker } of [...this.#servers, ...this.#retired]) broker.heal()
    for (const client of this.#clients) if (client instanceof LocalClient) client.eager = true
    let missing: string | undefined
    for (let round = 0; round < 1_000; round++) {
      for (const client of this.#clients) {
        if (client.ledger.missing() !== undefined) this.#connect(client)
        client.read()
      }
      for (const { broker } of [...this.#servers, ...this.#retired]) while (broker.step());
      await this.#environment.settle()
      this.#check()
      missing = this.#missing()
      if (missing === undefined) return
      if (round % 8 === 7) await this.#environment.advance(1_000)
    }
    throw new Violation(`Not delivered in the end: ${missing}`)
  }

  #missing(): string | undefined {
    if ([...this.#servers, ...this.#retired].some(({ broker }) => broker.busy)) return 'something is under way'
    for (const [index, client] of this.#clients.entries()) {
      if (client instanceof StreamClient && client.dialing.standby) continue
      const missing = client.ledger.missing()
      if (missing !== undefined) return `client ${index} (${client.state}): ${missing}`
    }
    return undefined
  }
}
