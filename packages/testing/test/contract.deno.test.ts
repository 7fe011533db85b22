import { adapterContract } from '../src/contract/adapter-contract.ts'
import { deno } from '../src/contract/runtimes.ts'

adapterContract(deno)
