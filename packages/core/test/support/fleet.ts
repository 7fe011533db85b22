import { MemoryBroker } from '../../src/hub/broker/memory-broker.ts'
import { FakeEnvironment } from './fake-environment.ts'
import { type HubScene, openHub } from './hub.ts'
import { MortalBroker } from './mortal-broker.ts'

/** One of several hubs, as a process of its own: whatever it shares with the others goes through its `line`. */
export interface Process extends HubScene {
  line: MortalBroker
}

/** So many hubs over one log, in one fake world. */
export function openFleet(size: number): { environment: FakeEnvironment; processes: Process[] } {
  const environment = new FakeEnvironment()
  const engine = new MemoryBroker({}, environment)
  const processes = Array.from({ length: size }, () => {
    const line = new MortalBroker(engine)
    return { ...openHub({ broker: line }, environment), line }
  })
  return { environment, processes }
}
