import { type BrokerCase, brokerContract, type BrokerContractOptions } from '@holdfast/core/testing'

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
  for (const brokerCase of brokerContract(options)) results.push(await runCase(brokerCase))
  return results
}

export async function runCase({ name, skip, run }: BrokerCase): Promise<CaseResult> {
  if (skip !== undefined) return { name, outcome: 'skipped', detail: skip }
  return await run().then(
    () => ({ name, outcome: 'passed' }),
    (error: unknown) => ({ name, outcome: 'failed', detail: String(error) }),
  )
}
