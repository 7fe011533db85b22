import { processContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'

processContract('Bun', everywhere, { command: 'bun' })
