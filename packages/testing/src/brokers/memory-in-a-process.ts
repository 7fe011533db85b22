import { memoryBroker } from '@holdfast/core/hub'
import { memoryBrokerLacks } from './memory-broker-lacks.ts'
import { runContract } from './run-contract.ts'

// Started as a process of its own in each runtime. One line of JSON, so that nothing else on stdout confuses it.
const results = await runContract({ create: async (limits) => memoryBroker(limits), lacks: memoryBrokerLacks })
console.log(`results ${JSON.stringify(results)}`)
