import { eventSourceContract } from '../src/event-source/contract.ts'
import { workerd } from '../src/event-source/limits.ts'
import { runInWorkerd } from '../src/event-source/runtimes.ts'

eventSourceContract('workerd', workerd, runInWorkerd)
