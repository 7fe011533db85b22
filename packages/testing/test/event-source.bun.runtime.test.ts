import { processContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { bundled } from '../src/runtimes/commands.ts'

processContract('Bun', everywhere, bundled.bun)
