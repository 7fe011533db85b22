import { clientContract } from '../src/client-contract/contract.ts'
import { bun } from '../src/client-contract/runtimes.ts'

clientContract('Bun', bun)
