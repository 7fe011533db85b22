import { hostileContract } from '../src/client-contract/hostile/contract.ts'
import { deno } from '../src/client-contract/runtimes.ts'

hostileContract('Deno', deno)
