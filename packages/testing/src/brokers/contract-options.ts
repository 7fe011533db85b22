import type { BrokerContractOptions } from '@holdfast/core/testing'
import type { Engine, OpenBroker } from './engine.ts'

/** The contract in this process, a case at a time. @param engine - asked for when a case begins */
export function contractOptions(engine: () => Engine, openBroker: OpenBroker): BrokerContractOptions {
  return {
    create: async (limits) => {
      const { connection, direct = connection, faults, dispose } = await engine().part()
      return {
        broker: await openBroker(connection, limits),
        another: () => openBroker(direct, limits),
        faults,
        dispose,
      }
    },
  }
}
