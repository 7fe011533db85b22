import process from 'node:process'
import { EventSource } from '@holdfast/core/client'
import { runSuite } from '../suite.ts'

// A case throws in a listener on purpose. Deno asks the global scope, Node and Bun the process.
const onPurpose = (error: unknown): boolean => error instanceof Error && error.message.endsWith('on purpose')
globalThis.addEventListener?.('error', (event) => onPurpose(event.error) && event.preventDefault())
process.on('uncaughtException', (error) => {
  if (!onPurpose(error)) throw error
})

const [base = '', otherBase = ''] = process.argv.slice(2)
const results = await runSuite({ EventSource, base, otherBase })
console.log(`results ${JSON.stringify(results)}`)
// No exit: that the process ends is a part of the examination, since a closed source must leave nothing behind.
