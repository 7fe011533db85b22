import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { createHub, type RunContext } from '@holdfast/core/hub'
import type { OpenBroker } from '../engine.ts'

// A process that makes an answer, in any runtime, and can go on with one that another process has begun. After how many
// words it begins, and what became of it, it says a line each.
const [module = '', connection = '', topic = '', count = '0', lease = '0', freezeAt = '0'] = process.argv.slice(2)
const { openBroker } = (await import(module)) as { openBroker: OpenBroker }
const hub = createHub({ broker: await openBroker(connection, { maxEvents: 100_000 }), onError: () => {} })

async function* words({ written }: RunContext): AsyncGenerator<string> {
  console.log(`begins after ${written}`)
  for (let word = written + 1; word <= written + Number(count); word++) {
    await wait(30)
    // Between two words, when it holds no lock of the engine that would freeze everybody with it.
    if (word === Number(freezeAt)) process.kill(process.pid, 'SIGSTOP')
    yield `word ${word}`
  }
}

console.log('ready')
console.log(`became ${(await hub.run(topic, words, { key: 'question', lease: Number(lease) })).outcome}`)
process.exit()
