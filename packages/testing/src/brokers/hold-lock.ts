import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'

// A process that is frozen in the middle of a transaction: whoever started it says when, by SIGSTOP.
const database = new DatabaseSync(process.argv[2] ?? '')
database.exec('BEGIN IMMEDIATE')
console.log('locked')
// Held as well as named: a database that nobody refers to any more may be collected, and its lock with it.
setInterval(() => database.isOpen, 1_000)
