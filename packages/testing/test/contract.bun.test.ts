import { adapterContract } from '../src/contract/adapter-contract.ts'
import { bun } from '../src/contract/runtimes.ts'

adapterContract(bun)
