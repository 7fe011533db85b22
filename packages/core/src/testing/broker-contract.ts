import { closingCases } from './closing-cases.ts'
import { faultCases } from './fault-cases.ts'
import { historyCases } from './history-cases.ts'
import { hostileCases } from './hostile-cases.ts'
import { keyCases } from './key-cases.ts'
import { publishCases } from './publish-cases.ts'
import { roomyLimit, Scene } from './scene.ts'
import { sharedCases } from './shared-cases.ts'
import { signalCases } from './signal-cases.ts'
import type { BrokerCase, BrokerContractOptions } from './subject.ts'
import { subscribeCases } from './subscribe-cases.ts'
import { trimCases } from './trim-cases.ts'

/**
 * What every broker must do, as a list of named cases without a test runner.
 *
 * ```ts
 * for (const { name, skip, run } of brokerContract({ create: async () => memoryBroker() })) it.skipIf(skip)(name, run)
 * ```
 */
export function brokerContract(options: BrokerContractOptions): BrokerCase[] {
  const groups = [
    publishCases,
    keyCases,
    historyCases,
    trimCases,
    subscribeCases,
    hostileCases,
    sharedCases,
    signalCases,
    closingCases,
    faultCases,
  ]
  return groups.flat().map(({ name, needs, maxEvents = roomyLimit, run }) => ({
    name,
    skip: [needs ?? []]
      .flat()
      .map((need) => options.lacks?.[need])
      .find((reason) => reason !== undefined),
    run: async () => {
      const scene = await Scene.create(options, maxEvents)
      try {
        await run(scene)
      } finally {
        await scene.dispose()
      }
    },
  }))
}
