import { memoryBroker } from '@holdfast/core/hub'
import type { BrokerContractOptions } from '@holdfast/core/testing'
import { memoryBrokerLacks } from '../memory-broker-lacks.ts'
import { runContract } from '../run-contract.ts'
import { ExampleObjectBroker } from './object-broker.ts'
import type { Namespace } from './types.ts'

export { LogObject } from './log-object.ts'

/** Runs the contract inside workerd: `/memory` or `/object`. */
const worker = {
  async fetch(request: Request, env: { LOG: Namespace }): Promise<Response> {
    const { pathname } = new URL(request.url)
    const memory: BrokerContractOptions = { create: async (limits) => memoryBroker(limits), lacks: memoryBrokerLacks }
    return Response.json(await runContract(pathname === '/memory' ? memory : objectOptions(env.LOG)))
  },
}
export default worker

function objectOptions(namespace: Namespace): BrokerContractOptions {
  const create: BrokerContractOptions['create'] = async ({ maxEvents }) => {
    const prefix = `${crypto.randomUUID()}/`
    const broker = new ExampleObjectBroker(namespace, prefix, maxEvents)
    const toAll = async (path: string): Promise<void> => {
      // An object that aborts itself breaks off this very request.
      for (const name of broker.names)
        await namespace
          .getByName(name)
          .fetch(`http://log${path}`)
          .catch(() => {})
    }
    return {
      broker,
      another: async () => new ExampleObjectBroker(namespace, prefix, maxEvents),
      faults: { restart: () => toAll('/abort'), loseHistory: () => toAll('/lose') },
    }
  }
  return { create, lacks: { disconnect: 'inside workerd nothing parts a Worker from an object' } }
}
