import { clientContract } from '../src/client-contract/contract.ts'
import { workerd } from '../src/client-contract/runtimes.ts'

clientContract('workerd', workerd)
