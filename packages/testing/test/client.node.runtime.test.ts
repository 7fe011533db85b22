import { clientContract } from '../src/client-contract/contract.ts'
import { node } from '../src/client-contract/runtimes.ts'

clientContract('Node 26', node)
