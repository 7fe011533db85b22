import { eventSourceContract } from '../src/event-source/contract.ts'
import { everywhere } from '../src/event-source/limits.ts'
import { runInWorkerd } from '../src/event-source/runtimes.ts'

eventSourceContract('workerd', everywhere, runInWorkerd)
