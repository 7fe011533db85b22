import type { BrokerContractOptions } from '@holdfast/core/testing'

/** Why the contract's shared and faulty engines do not apply to a broker in memory. */
export const memoryBrokerLacks: NonNullable<BrokerContractOptions['lacks']> = {
  shared: 'its engine is the object itself',
  disconnect: 'it has no connection',
  restart: 'it ends with its process',
  'lose-history': 'it loses its history only with itself',
}
