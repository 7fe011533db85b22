import type { Broker, BrokerSignals } from '../hub/broker/broker.ts'
import { check, ContractError, eventually } from './assert.ts'
import { Follower } from './follower.ts'
import { Recorder } from './recorder.ts'
import type { BrokerCapability, BrokerContractOptions, BrokerFaults, BrokerSubject } from './subject.ts'

/** What every case but those of trimming gets. */
export const roomyLimit = 5_000

/** One case's broker, and whatever is opened on it. */
export class Scene {
  readonly broker: Broker
  readonly within: number
  readonly #subject: BrokerSubject
  readonly #brokers: Broker[]

  constructor(subject: BrokerSubject, within: number) {
    this.#subject = subject
    this.broker = subject.broker
    this.within = within
    this.#brokers = [subject.broker]
  }

  static async create({ create, within = 5_000 }: BrokerContractOptions, maxEvents: number): Promise<Scene> {
    const created = await create({ maxEvents })
    return new Scene('broker' in created ? created : { broker: created }, within)
  }

  get signals(): BrokerSignals {
    return this.broker.signals ?? missing('signals')
  }

  /** Another broker on the same engine. */
  async another(): Promise<Broker> {
    const broker = await (this.#subject.another ?? missing('shared'))()
    this.#brokers.push(broker)
    return broker
  }

  fault<Name extends keyof BrokerFaults>(name: Name): NonNullable<BrokerFaults[Name]> {
    return this.#subject.faults?.[name] ?? missing(name === 'loseHistory' ? 'lose-history' : name)
  }

  /** Listen to a topic and note what is heard. */
  async record(topic: string, broker: Broker = this.broker): Promise<Recorder> {
    const recorder = new Recorder()
    await recorder.listen(broker, topic)
    return recorder
  }

  /** Follow a topic as a hub does. */
  async follow(topic: string, broker: Broker = this.broker): Promise<Follower> {
    const follower = new Follower(broker, topic)
    await follower.open()
    return follower
  }

  eventually(what: string, look: () => boolean): Promise<void> {
    return eventually(what, this.within, look)
  }

  async dispose(): Promise<void> {
    for (const broker of this.#brokers) await broker.close()
    await this.#subject.dispose?.()
  }
}

/** One case before it knows its broker. */
export interface CaseDefinition {
  name: string
  needs?: BrokerCapability | readonly BrokerCapability[]
  /** Events a topic keeps. */
  maxEvents?: number
  run(scene: Scene): Promise<void>
}

function missing(capability: BrokerCapability): never {
  throw new ContractError(`Cannot examine "${capability}": provide it, or give the reason in lacks`)
}

/** Publish texts one after the other. Returns the offset of the last. */
export async function publishAll(broker: Broker, topic: string, texts: readonly string[]): Promise<number> {
  let offset = 0
  for (const data of texts) offset = (await broker.publish(topic, [{ data }])).position.offset
  check(texts.length > 0, 'Nothing to publish')
  return offset
}

export function numbered(count: number, prefix = ''): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
}
