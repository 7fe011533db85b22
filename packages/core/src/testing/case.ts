import type { Scene } from './scene.ts'
import type { BrokerCapability } from './subject.ts'

/** One case before it knows its broker. */
export interface CaseDefinition {
  name: string
  needs?: BrokerCapability | readonly BrokerCapability[]
  /** Events a topic keeps. */
  maxEvents?: number
  run(scene: Scene): Promise<void>
}
