import { expect, it } from 'vitest'
import { type Case, cases } from '../src/beside-native/cases.ts'
import { playRound } from '../src/beside-native/round.ts'
import { deno } from '../src/beside-native/runtimes.ts'
import { requireTool } from '../src/index.ts'

const redis = requireTool('redis-server')

// Where native EventSource would wait for a minute, connect() alone.
const played: readonly Case[] = [
  { ...named('half-open'), kinds: ['none', 'full'] },
  { ...named('all servers replaced, at other addresses'), kinds: ['none', 'full'] },
  named('the same, with `?mode=poll`'),
  named('stopped for 15 s, and cut meanwhile'),
]

function named(name: string): Case {
  const found = cases.find((each) => each.name === name)
  if (!found) throw new Error(`There is no case "${name}"`)
  return found
}

it.skipIf(!redis)('connect() and native EventSource get everything once where they come back', async () => {
  const outcomes = await playRound(redis as string, played, [deno])
  expect(outcomes).toHaveLength(8)
  for (const { case: name, kind, late, lost, repeated, gaveUp } of outcomes) {
    const found = { name, kind, lost, repeated, gaveUp, cameBack: late < Infinity }
    expect(found).toEqual({ name, kind, lost: 0, repeated: 0, gaveUp: false, cameBack: true })
  }
})
