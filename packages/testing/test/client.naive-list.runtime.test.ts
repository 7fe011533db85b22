import { expect, it } from 'vitest'
import { compareLists, outcomeTable } from '../src/client-contract/naive-list/compare.ts'

it('a list of URLs as in the tutorials loses events, and connect() does not', async () => {
  const outcomes = await compareLists()
  console.log(outcomeTable(outcomes))
  for (const { list, fault, lost, repeated, outOfOrder } of outcomes) {
    if (list === 'ours')
      expect({ fault, lost, repeated, outOfOrder }).toEqual({ fault, lost: 0, repeated: 0, outOfOrder: 0 })
    else expect(lost, `what the naive list lost at ${fault}`).toBeGreaterThan(0)
  }
})
