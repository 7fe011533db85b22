import type { BrokerLimits, BrokerSubject } from '@holdfast/core/testing'
import { brokerContract } from '@holdfast/core/testing'
import { DurableObjectBroker } from '../../../src/cloudflare/worker/broker.ts'
import { lacks } from '../lacks.ts'
import type { RoomyObject, TightObject } from './objects.ts'

export interface Bindings {
  ROOMY: DurableObjectNamespace<RoomyObject>
  TIGHT: DurableObjectNamespace<TightObject>
}

/** The broker contract, each case on topics of its own. It has to run where the broker does. */
export function contract(bindings: Bindings): ReturnType<typeof brokerContract> {
  return brokerContract({ create: async (limits) => subject(bindings, limits), lacks, within: 20_000 })
}

function subject({ ROOMY, TIGHT }: Bindings, { maxEvents }: BrokerLimits): BrokerSubject {
  const binding = maxEvents < 100 ? TIGHT : ROOMY
  const prefix = `${crypto.randomUUID()} `
  const used = new Set<string>()
  let reachable = true
  const open = { getByName: (name: string) => (used.add(name), binding.getByName(prefix + name)) }
  const cuttable = {
    getByName: (name: string) => {
      if (!reachable) throw new Error('Disconnected by the contract')
      return open.getByName(name)
    },
  }
  const each = async (action: (stub: DurableObjectStub<RoomyObject>) => Promise<unknown>): Promise<void> => {
    await Promise.all([...used].map((name) => action(binding.getByName(prefix + name))))
  }
  return {
    broker: new DurableObjectBroker(cuttable),
    another: async () => new DurableObjectBroker(open),
    faults: {
      disconnect: async () => {
        reachable = false
        await each((stub) => stub.cutSockets())
        return async () => void (reachable = true)
      },
      restart: () => each((stub) => stub.crash().catch(() => {})),
      loseHistory: () => each((stub) => stub.loseHistory().catch(() => {})),
    },
  }
}
