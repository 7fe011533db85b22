import process from 'node:process'
import { brokerContract, type BrokerContractOptions, type BrokerSubject } from '@holdfast/core/testing'
import type { OpenBroker } from './engine.ts'
import { runCase } from './run-contract.ts'

// Started as a process of its own in each runtime, with a module of engines/ and the URL of an engine's control. One
// line of JSON a case, as soon as it is over, so that the last line of a run that hangs says after which case it did.
const [module = '', control = ''] = process.argv.slice(2)
const { openBroker } = (await import(module)) as { openBroker: OpenBroker }
const lacks = (await (await fetch(control)).json()) as NonNullable<BrokerContractOptions['lacks']>

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${control}${path}`, { method: 'POST' })
  if (!response.ok) throw new Error(`The engine's control failed: ${await response.text()}`)
  return (await response.json()) as Answer
}

const options: BrokerContractOptions = {
  lacks,
  create: async (limits): Promise<BrokerSubject> => {
    const part = await ask<{ index: number; connection: string; direct: string }>('/')
    const act = (action: string): Promise<void> => ask(`/${part.index}/${action}`)
    return {
      broker: await openBroker(part.connection, limits),
      another: () => openBroker(part.direct, limits),
      faults: {
        disconnect: async () => {
          await act('disconnect')
          return () => act('reconnect')
        },
        restart: () => act('restart'),
        loseHistory: () => act('lose-history'),
      },
      dispose: () => act('dispose'),
    }
  },
}

for (const brokerCase of brokerContract(options)) console.log(`case ${JSON.stringify(await runCase(brokerCase))}`)
// What a broker leaves open must not keep the process: that would be found as a timeout, so say it.
console.log('contract over')
