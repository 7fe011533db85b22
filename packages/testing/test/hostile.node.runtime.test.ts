import { hostileContract } from '../src/client-contract/hostile/contract.ts'
import { node } from '../src/client-contract/runtimes.ts'

hostileContract('Node 26', node)
