import { brokerContract, type BrokerContractOptions } from '@holdfast/core/testing'

/** How one case of the contract went. */
export interface CaseResult {
  name: string
  outcome: 'passed' | 'failed' | 'skipped'
  /** What was thrown, or why it was skipped. */
  detail?: string
}

/** Run the contract one case after the other: for runtimes that have no test runner here. */
export async function runContract(options: BrokerContractOptions): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const { name, skip, run } of brokerContract(options)) {
    if (skip !== undefined) results.push({ name, outcome: 'skipped', detail: skip })
    else
      results.push(
        await run().then(
          () => ({ name, outcome: 'passed' }),
          (error: unknown) => ({ name, outcome: 'failed', detail: String(error) }),
        ),
      )
  }
  return results
}
