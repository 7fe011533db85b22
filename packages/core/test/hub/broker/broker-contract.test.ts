import { describe, it } from 'vitest'
import { memoryBroker } from '../../../src/hub/broker/memory-broker.ts'
import { brokerContract } from '../../../src/testing/index.ts'

const lacks = {
  shared: 'its engine is the object itself',
  disconnect: 'it has no connection',
  restart: 'it ends with its process',
  'lose-history': 'it loses its history only with itself',
}
const cases = brokerContract({ create: async (limits) => memoryBroker(limits), lacks }).filter(
  ({ skip }) => skip === undefined,
)

describe('memoryBroker', () => {
  for (const { name, run } of cases) it(name, run)
})
