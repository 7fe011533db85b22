import { describe, expect, it } from 'vitest'
import type { ContractSubject } from './capabilities.ts'
import { leavingContract } from './leaving.ts'
import { loadContract } from './load.ts'
import { openingContract } from './opening.ts'
import { shutdownContract } from './shutdown.ts'
import { stallingContract } from './stalling.ts'
import { useSubject, patience } from './subject.ts'

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
    describe.concurrent('stalling', () => stallingContract(subject, contract.capabilities))
    describe.concurrent('load', () => loadContract(useSubject(contract)))
    describe.concurrent('shutdown', () => shutdownContract(contract))

    describe('afterwards', () => {
      it('no subscriber, no timer and no error is left, and the server still serves', async () => {
        await expect.poll(async () => (await subject.state()).subscribers, { timeout: patience }).toBe(0)
        await expect.poll(async () => (await subject.state()).timers, { timeout: patience }).toBe(0)
        expect((await subject.state()).errors).toEqual([])
        const client = await subject.stream('/events', { topic: subject.name(), name: subject.name() })
        client.rst()
      })
    })
  })
}
