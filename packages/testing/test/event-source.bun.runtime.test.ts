import { eventSourceContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { runInProcess } from '../src/event-source/runtimes.ts'

eventSourceContract('Bun', everywhere, (bases) => runInProcess('bun', [], bases))
