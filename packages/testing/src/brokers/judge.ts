import { brokerContract, type BrokerContractOptions } from '@holdfast/core/testing'
import { expect } from 'vitest'
import type { CaseResult } from './run-contract.ts'

/** Fail unless every case of the contract passed, but for what the broker is declared to lack. */
export function expectKept(results: readonly CaseResult[], lacks: BrokerContractOptions['lacks']): void {
  const cases = brokerContract({ create: () => Promise.reject(new Error('not run here')), lacks })
  expect(results).toEqual(
    cases.map(({ name, skip }) =>
      skip === undefined ? { name, outcome: 'passed' } : { name, outcome: 'skipped', detail: skip },
    ),
  )
}
