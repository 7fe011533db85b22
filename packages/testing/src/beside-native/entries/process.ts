import process from 'node:process'
import { runReaders } from '../reader.ts'

const [control = '', run = ''] = process.argv.slice(2)
await runReaders(control, run)
