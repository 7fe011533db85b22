import { hostileContract } from '../src/client-contract/hostile/contract.ts'
import { bun } from '../src/client-contract/runtimes.ts'

hostileContract('Bun', bun)
