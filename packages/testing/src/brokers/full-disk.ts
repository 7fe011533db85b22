import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { sqliteBroker } from '@holdfast/adapters/sqlite'
import { HoldfastError } from '@holdfast/core'

// On a small disk of its own: publish until it is full, read all the same, make room, and publish again. Says what it saw.
const folder = process.argv[2] ?? ''
const broker = sqliteBroker(`${folder}/log.sqlite`)
const heard: string[] = []
await broker.subscribe('t', { onEvent: ({ data }) => heard.push(nameOf(data)), onLost: () => heard.push('lost') })

function nameOf(data: string): string {
  return data.split(' ')[0] ?? ''
}

async function publish(data: string): Promise<string> {
  return broker.publish('t', [{ data }]).then(
    () => 'stored',
    (error: unknown) => (error instanceof HoldfastError ? `${error.code} ${Boolean(error.cause)}` : String(error)),
  )
}

const before = await publish('before')
const { bavail, bsize } = statfsSync(folder)
// All but some pages, so that it is SQLite that meets the end of the disk.
writeFileSync(`${folder}/ballast`, new Uint8Array(Math.max(0, bavail * bsize - 65_536)))
const full: string[] = []
for (let index = 0; index < 20; index++) full.push(await publish(`full-${index} ${'x'.repeat(20_000)}`))
const { events } = await broker.read('t', 'earliest', 100)
rmSync(`${folder}/ballast`)
const after = await publish('after')
const page = await broker.read('t', 'earliest', 100)
await broker.close()
const texts = page.events.map(({ data }) => nameOf(data))
console.log(`saw ${JSON.stringify({ before, full, readWhileFull: events.length, after, texts, heard })}`)
