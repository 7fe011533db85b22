import { it } from 'vitest'
import { expectContractUnder } from '../src/brokers/contract-under.ts'
import { memoryBrokerLacks } from '../src/brokers/memory-broker-lacks.ts'

it.each(['bun', 'deno'] as const)('memoryBroker keeps the contract under %s', (runtime) =>
  expectContractUnder(runtime, 'memory', { lacks: memoryBrokerLacks, part: async () => ({ connection: '' }) }),
)
