import { adapterContract } from '../src/contract/adapter-contract.ts'
import { workerdHub } from '../src/contract/runtimes.ts'

adapterContract(workerdHub)
