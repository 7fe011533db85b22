import { describe, expect, it } from 'vitest'
import { leavingContract } from '../src/contract/leaving.ts'
import { plain } from '../src/contract/runtimes.ts'
import { useSubject } from '../src/contract/subject.ts'

// Bun cuts a quiet response after 10 s, give or take some steps of its clock: the longest that one of 9 s lived was 36.
const quietFor = 40_000

// A plain Response must be safe in any fetch handler: nothing here comes from an adapter.
describe.each(plain)('a plain $name', (contract) => {
  const subject = useSubject(contract)

  describe.concurrent('streams', () => {
    leavingContract(subject, contract.capabilities)

    it.each(['/events', '/stream'])('%s lives on its default heartbeat alone', async (path) => {
      const name = subject.name()
      const client = await subject.stream(path, { topic: name, name })
      await expect(client.until('an end', () => client.fate !== 'open' || client.bodyDone, quietFor)).rejects.toThrow(
        /in vain/,
      )
      client.rst()
      expect((await subject.closed(name)).reason).toBe('client-closed')
    })
  })

  // After all of them have left.
  it('has logged nothing', () => {
    expect(subject.server.output.trim().split('\n')).toEqual([`listening ${subject.server.url}`])
  })
})
