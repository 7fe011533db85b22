import { eventSourceContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { runInProcess } from '../src/event-source/runtimes.ts'

eventSourceContract('Node 26', everywhere, (bases) => runInProcess('node', [], bases))
