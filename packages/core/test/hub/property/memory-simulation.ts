import { StreamHub } from '../../../src/hub/hub.ts'
import type { Hub, HubPublication } from '../../../src/hub/types.ts'
import { Ledger, type Tally, Violation } from './ledger.ts'
import { MemoryWitness } from './memory-witness.ts'
import { Random } from './random.ts'
import { StreamClient } from './stream-client.ts'
import { VirtualEnvironment } from './virtual-environment.ts'

const actions = {
  turn: 12,
  settle: 6,
  read: 30,
  publish: 14,
  advance: 6,
  connect: 8,
  cut: 4,
  newcomer: 3,
  end: 1,
  clock: 1,
  restart: 1,
}
type Action = keyof typeof actions

/** One run of hubs on the real memory broker, which keeps little and forgets soon. */
export class MemorySimulation {
  readonly tally: Tally = { events: 0, gaps: 0 }
  readonly trace: string[] = []
  readonly #random: Random
  readonly #environment: VirtualEnvironment
  readonly #witness: MemoryWitness
  readonly #topics: string[]
  readonly #clients: StreamClient[] = []
  readonly #maxBufferedBytes: number
  #hub: Hub
  #failure: Error | undefined
  #number = 0

  constructor(seed: number) {
    const random = (this.#random = new Random(seed))
    this.#environment = new VirtualEnvironment({ seed })
    this.#topics = Array.from({ length: random.between(1, 4) }, (_, index) => `t${index}`)
    const limits = {
      maxEvents: random.pick([1, 3, 20, 1_000]),
      maxBytes: random.pick([500, 3_000, 1e9]),
      maxAge: random.pick([0, 1_000, 5_000]),
    }
    this.#witness = new MemoryWitness(this.#topics, limits, this.#environment)
    this.#maxBufferedBytes = random.pick([0, 300, 2_000, 1_048_576])
    this.#hub = this.#newHub()
  }

  /** @throws {Violation} */
  async run(): Promise<void> {
    await this.#witness.look()
    for (let step = this.#random.between(60, 250); step > 0; step--) await this.#step(this.#random.weighted(actions))
    await this.#calmDown()
  }

  async #step(action: Action): Promise<void> {
    await this.#actions[action]()
    await this.#witness.look()
    if (this.#failure) throw this.#failure
  }

  readonly #actions: Record<Action, () => void | Promise<void>> = {
    turn: () => this.#environment.turn(),
    settle: () => this.#environment.settle(),
    read: () => this.#someone()?.read(),
    publish: () => this.#publish(),
    advance: () => this.#advance(this.#random.pick([10, 100, 1_000, 3_000])),
    connect: () => this.#connect(this.#someone()),
    cut: () => this.#someone()?.cut(),
    newcomer: () => this.#newcomer(),
    end: () => void this.#hub.end(this.#random.pick(this.#topics)),
    clock: () => this.#environment.setClock(this.#random.between(-60_000, 10_000)),
    restart: () => this.#restart(),
  }

  #newHub(): Hub {
    const stream = { maxBufferedBytes: this.#maxBufferedBytes, heartbeat: 2_000 }
    return new StreamHub({ broker: this.#witness.broker, stream, onError: () => {} }, this.#environment)
  }

  #restart(): void {
    this.trace.push('restart')
    for (const client of this.#clients) client.cut()
    void this.#hub.close()
    this.#hub = this.#newHub()
  }

  #someone(): StreamClient | undefined {
    return this.#clients.length === 0 ? undefined : this.#random.pick(this.#clients)
  }

  #publish(): void {
    const publication = (): HubPublication => ({
      data: `${++this.#number} ${'x'.repeat(this.#random.pick([0, 0, 10, 400]))}`,
    })
    const topic = this.#random.pick(this.#topics)
    const batch = Array.from({ length: this.#random.chance(0.3) ? this.#random.between(1, 12) : 1 }, publication)
    this.trace.push(`publish ${topic} up to ${this.#number}`)
    void this.#hub.publish(topic, batch)
  }

  // The broker drops what is too old before anything else happens at the new time, so that the witness has seen it.
  async #advance(milliseconds: number): Promise<void> {
    this.trace.push(`advance ${milliseconds}`)
    this.#environment.jump(milliseconds)
    await this.#witness.look()
    await this.#environment.advance(0)
  }

  #newcomer(): void {
    const ids = this.#clients.flatMap((client) => client.ids)
    const topics = this.#random.some(this.#topics)
    const ledger = new Ledger(this.#witness, topics, () => true, this.tally)
    // Only directly: what such a client gets it takes in a step of its own, when the witness has looked.
    const dialing = {
      topics,
      filter: undefined,
      stream: {},
      direct: true,
      standby: false,
      keepsVector: this.#random.chance(0.4),
    }
    const client = new StreamClient(ledger, dialing, this.#random, (error) => (this.#failure ??= error as Error))
    if (this.#random.chance(0.3)) client.beginning = 'earliest'
    else if (this.#random.chance(0.5) && ids.length > 0) client.lastEventId = this.#random.pick(ids)
    this.trace.push(`client ${this.#clients.push(client) - 1}`)
  }

  #connect(client: StreamClient | undefined): void {
    if (client?.state === 'idle' || client?.state === 'finished') client.connect(this.#hub)
  }

  async #calmDown(): Promise<void> {
    this.trace.push('calm down')
    let missing: string | undefined
    for (let round = 0; round < 500; round++) {
      missing = this.#clients.map(({ ledger }) => ledger.missing()).find((each) => each !== undefined)
      if (missing === undefined) return
      for (const client of this.#clients) if (client.ledger.missing() !== undefined) this.#connect(client)
      await this.#step('settle')
      for (const client of this.#clients) client.read()
      await this.#step('settle')
    }
    throw new Violation(`Not delivered in the end: ${missing}`)
  }
}
