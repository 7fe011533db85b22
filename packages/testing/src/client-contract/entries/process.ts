import process from 'node:process'
import { runClient } from '../client.ts'

const [control = '', run = ''] = process.argv.slice(2)
await runClient(control, run)
// No exit: closed connections must leave nothing behind that keeps the process.
