import { adapterContract } from '../src/contract/adapter-contract.ts'
import { workerd } from '../src/contract/runtimes.ts'

adapterContract(workerd)
