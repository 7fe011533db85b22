import type { runService } from '@holdfast/service'

// What runs a service of the demo runs on the same.
type RunService = Parameters<typeof runService>

/** `serve` of an adapter. */
export type Serve = RunService[0]

/** `brokerFromEnv` of `@holdfast/adapters/environment`. */
export type OpenBroker = RunService[2]

/** A runtime's own name and version. */
export interface Runtime {
  name: string
  version: string
}
