import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'

// A process that is frozen in the middle of a transaction: whoever started it says when, by SIGSTOP.
const database = new DatabaseSync(process.argv[2] ?? '')
database.exec('BEGIN IMMEDIATE')
console.log('locked')
setInterval(() => {}, 1_000)
