import { adapterContract } from '../src/contract/adapter-contract.ts'
import { node } from '../src/contract/runtimes.ts'

adapterContract(node)
