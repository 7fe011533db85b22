import { hostileContract } from '../src/client-contract/hostile/contract.ts'
import { workerd } from '../src/client-contract/runtimes.ts'

hostileContract('workerd', workerd)
