import type { Broker } from '@holdfast/core/hub'
import type { BrokerContractOptions, BrokerFaults, BrokerLimits } from '@holdfast/core/testing'

/** A real engine that a test has started, seen from the process that started it. */
export interface Engine {
  /** What it cannot do, each with the reason. */
  lacks?: BrokerContractOptions['lacks']
  /** Called for each case: a part of the engine that nobody else uses, such as a prefix, a schema or a file. */
  part(): Promise<EnginePart>
}

/** What one case of the contract gets of an engine. */
export interface EnginePart {
  /** A URL or path: how the broker under examination reaches it, through a fault proxy where there is a connection. */
  connection: string
  /** How other brokers reach it. Default: in the same way. */
  direct?: string | undefined
  faults?: BrokerFaults | undefined
  dispose?(): Promise<void>
}

/** What a module of `engines/` exports as `openBroker`: it runs on Node, Bun and Deno. */
export type OpenBroker = (connection: string, limits: BrokerLimits) => Promise<Broker>
