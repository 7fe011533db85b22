import type { Broker } from '../hub/broker/broker.ts'

/** What an engine may be unable to do. */
export type BrokerCapability =
  /** `another`: several brokers on one engine. */
  | 'shared'
  /** The broker's `signals`. */
  | 'signals'
  /** `faults.disconnect`. */
  | 'disconnect'
  /** `faults.restart`. */
  | 'restart'
  /** `faults.loseHistory`. */
  | 'lose-history'

/** What the contract can do to an engine. */
export interface BrokerFaults {
  /** Cut the connections of `broker`, not of others, and refuse new ones, until the function it resolves with is called. */
  disconnect?: (() => Promise<() => Promise<void>>) | undefined
  /** End the engine and start it again with all it had stored. */
  restart?: (() => Promise<void>) | undefined
  /** Let the engine lose all it had stored, and go on. */
  loseHistory?: (() => Promise<void>) | undefined
}

/** A broker on an engine, or on a part of one, that nobody else uses. */
export interface BrokerSubject {
  broker: Broker
  /** Another broker on the same engine. The contract closes it. */
  another?: (() => Promise<Broker>) | undefined
  faults?: BrokerFaults | undefined
  /** Called after the case, when all brokers are closed. */
  dispose?: (() => Promise<void>) | undefined
}

/** How much history a broker under examination keeps. */
export interface BrokerLimits {
  /** At least the newest so many events of a topic; much older ones are dropped. */
  maxEvents: number
}

/** What {@link brokerContract} examines. */
export interface BrokerContractOptions {
  /** Called for each case. */
  create(limits: BrokerLimits): Promise<Broker | BrokerSubject>
  /** What the engine cannot do, each with the reason: those cases are skipped. Whatever is missing here must work. */
  lacks?: Partial<Record<BrokerCapability, string>> | undefined
  /** How long an event may take to arrive, and a broker to find its engine again. Default 5,000 ms. */
  within?: number | undefined
}

/** One demand of the contract. */
export interface BrokerCase {
  name: string
  /** Why it is skipped. */
  skip?: string | undefined
  /** Rejects when the broker does otherwise. */
  run(): Promise<void>
}
