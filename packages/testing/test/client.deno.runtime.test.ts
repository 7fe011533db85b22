import { clientContract } from '../src/client-contract/contract.ts'
import { deno } from '../src/client-contract/runtimes.ts'

clientContract('Deno', deno)
