import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { HoldfastError } from '@holdfast/core'
import { createHub } from '@holdfast/core/hub'
import type { OpenBroker } from './engine.ts'

// A hub in a process of its own, in any runtime: it follows a topic and publishes to it, and insists on each event with
// its key, as an application does that wants each stored once. What happens, it says a line each.
const [module = '', connection = '', name = '', count = '0', pause = '5'] = process.argv.slice(2)
const { openBroker } = (await import(module)) as { openBroker: OpenBroker }
const hub = createHub({
  broker: await openBroker(connection, { maxEvents: 100_000 }),
  onError: () => {},
})

// What cannot be subscribed to yet, such as a cluster without a leader, is tried again from where it was.
async function follow(): Promise<void> {
  for (let lastEventId = 'earliest'; ; await wait(50)) {
    try {
      for await (const { event, data, id } of hub.subscribe(['t'], { lastEventId })) {
        console.log(`heard ${event === 'gap' ? `gap ${data}` : data}`)
        lastEventId = id
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
    }
  }
}

async function insist(data: string): Promise<void> {
  for (;;) {
    const start = performance.now()
    try {
      await hub.publish('t', { data }, { key: data })
      return console.log(`stored ${data}`)
    } catch (error) {
      const code = error instanceof HoldfastError ? error.code : String(error)
      console.log(`refused ${code} ${Math.round(performance.now() - start)}`)
      await wait(50)
    }
  }
}

void follow()
console.log('ready')
for (let index = 1; index <= Number(count); index++) {
  await insist(`${name}-${index}`)
  await wait(Number(pause))
}
console.log('all stored')
