import { describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import type { ContractSubject } from './capabilities.ts'
import type { FixtureState } from './fixture-app.ts'
import { http2Contract } from './http2.ts'
import { leavingContract } from './leaving.ts'
import { loadContract } from './load.ts'
import { openingContract } from './opening.ts'
import { pollingContract } from './polling.ts'
import { requestsContract } from './requests.ts'
import { shutdownContract } from './shutdown.ts'
import { stallingContract } from './stalling.ts'
import { hang, patience, useSubject } from './subject.ts'
import { waitingContract } from './waiting.ts'

/**
 * What every adapter owes its users, examined on the real runtime: child processes, raw sockets, and nothing of the
 * server but what it tells over HTTP and the kernel tells about it.
 *
 * *Closed* (place in the feed, timers, `onClose` once with the right reason) is required of all; what a runtime may do
 * its own way is declared in `capabilities`.
 */
export function adapterContract(contract: ContractSubject): void {
  describe(`adapter contract: ${contract.name}`, () => {
    const subject = useSubject(contract)

    // All at once, since the 30 s of silence are the longest of it anyway.
    describe.concurrent('opening', () => openingContract(subject))
    describe.concurrent('leaving', () => leavingContract(subject, contract.capabilities))
    // Tens of megabytes each.
    describe.concurrent('stalling', { timeout: hang }, () => stallingContract(subject, contract.capabilities))
    describe.concurrent('polling', () => pollingContract(subject))
    describe.concurrent('requests', () => requestsContract(subject, contract.capabilities))
    http2Contract(contract)
    waitingContract(contract)
    describe.concurrent('load', { timeout: 3 * hang }, () => loadContract(useSubject(contract)))
    describe.concurrent('shutdown', () => shutdownContract(contract))

    describe('afterwards', () => {
      it('no subscriber, no timer and no error is left, and the server still serves', async () => {
        // A test that failed may have left its clients: one fault is enough to read about.
        subject.destroyClients()
        let seen: FixtureState | undefined
        const nobody = async (): Promise<boolean> => {
          if (contract.capabilities.leavingFound === 'write') await subject.writeToAll()
          seen = await subject.state()
          return seen.subscribers === 0 && seen.timers === 0
        }
        await eventually('an idle server', nobody, { within: patience, last: () => seen })
        expect((await subject.state()).errors).toEqual([])
        const client = await subject.stream('/events', { topic: subject.name(), name: subject.name() })
        client.rst()
      })
    })
  })
}
