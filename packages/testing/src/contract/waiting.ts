import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ContractSubject } from './capabilities.ts'
import { patience, useSubject } from './subject.ts'

// Bun has 12 s of its own for a head, and steps of 4 s for the rest.
const timeouts = { head: 1_000, body: 4_000, idle: 1_200 }
const trickle = 200

const get = 'GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n'
const post = 'POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n'

/** What each connection sends at once, and then again and again. */
const kinds: Record<string, { first: string; again?: string }> = {
  'says nothing': { first: '' },
  'stops within a head': { first: 'GET /nothing HTTP/1.1\r\nHost: a\r\n' },
  'sends a head slowly': { first: 'GET /nothing HTTP/1.1\r\n', again: 'X-More: a\r\n' },
  'sends no body': { first: post },
  'sends a body slowly': { first: post, again: 'x' },
  'is idle after a response': { first: get },
  'stops within its second head': { first: `${get}GET /nothing HTT` },
}

/** Connections that keep a server waiting are closed, in the times that `serve` was given; streams are not. */
export function waitingContract(contract: ContractSubject): void {
  if (contract.capabilities.connections === 'platform') return

  describe.concurrent('waiting, with short timeouts', () => {
    const subject = useSubject(contract, () => ({ timeouts }))

    it.each(Object.entries(kinds))('a connection that %s is closed', async (_, { first, again }) => {
      const client = subject.connect({ text: first })
      const timer = setInterval(() => again !== undefined && client.fate === 'open' && client.send(again), trickle)
      try {
        await client.untilGone(patience)
      } finally {
        clearInterval(timer)
        client.destroy()
      }
    })

    it('a quiet stream outlives them all, and so does what its client has sent before', async () => {
      const names = [subject.name(), subject.name()]
      const requests = [{}, { method: 'POST', body: 'x'.repeat(1_000_000) }]
      const clients = await Promise.all(
        requests.map((request, index) =>
          subject.stream('/stream', { name: names[index] as string, heartbeat: 0 }, request),
        ),
      )
      await wait(15_000)
      for (const [index, client] of clients.entries()) {
        expect(await subject.post('/poke', { name: names[index] as string })).toBe(true)
        await client.until('a word', () => client.events.length === 1)
        client.rst()
      }
    })
  })
}
