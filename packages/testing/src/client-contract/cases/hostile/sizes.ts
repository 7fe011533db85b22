/** Events and comments that are larger than anybody should make them. */
import { type ConnectOptions } from '@holdfast/core/client'
import { equal } from '../../../event-source/expect.ts'
import type { Piece } from '../../../event-source/plan.ts'
import { holds, type HostileCase } from '../../hostile/context.ts'

export const sizeCases: readonly HostileCase[] = [
  tooLarge('an event of 17 MB: passed over and told, and what follows comes', 17_000_000, {}),
  tooLarge('an event over `maxEventBytes`: passed over and told, and what follows comes', 2_000, {
    maxEventBytes: 1_000,
  }),
  {
    name: 'an event of 17 MB from a hub: what follows comes',
    async run(context) {
      const url = context.hub(`/large?name=${Math.random()}`)
      const follower = context.follow(url)
      await follower.until('a stream', () => follower.statuses.some(({ state }) => state === 'open'))
      const publish = async (text: string, padding = 0): Promise<number> =>
        (await fetch(url, { method: 'POST', body: JSON.stringify({ text, padding }) })).status
      await publish('before')
      const status = await publish('large', 17_000_000)
      await publish('after')
      await follower.until('what follows', () => follower.data.includes('after'))
      // One limit on both sides, or a hole that is told.
      const gaps = follower.gaps.map(({ reason }) => reason)
      equal({ data: follower.data, gaps }, { data: ['before', 'after'], gaps: status === 201 ? ['too-large'] : [] }, '')
    },
  },
  {
    name: '16 MiB of keep-alives without a blank line: nothing happens',
    async run(context) {
      const stream = context.plan([holds({ repeat: ':keep alive\n', times: 1_600_000 }, '\ndata: after\n\n')])
      const follower = context.follow(stream.url)
      await follower.until('the event', () => follower.events.length > 0)
      const seen = await stream.seen()
      equal({ data: follower.data, requests: seen.length }, { data: ['after'], requests: 1 }, 'what came of it')
    },
  },
]

function tooLarge(name: string, size: number, options: ConnectOptions): HostileCase {
  return {
    name,
    async run(context) {
      const large: Piece[] = ['id: 2\ndata: ', { repeat: 'x', times: size }, '\n\n']
      const stream = context.plan([holds('id: 1\ndata: before\n\n', ...large, 'id: 3\ndata: after\n\n')])
      const follower = context.follow(stream.url, options)
      await follower.until('what follows', () => follower.data.includes('after'))
      const seen = await stream.seen()
      equal(
        {
          data: follower.data,
          requests: seen.length,
          gaps: follower.gaps.map(({ reason, after }) => ({ reason, after })),
          limits: follower.limits,
        },
        {
          data: ['before', 'after'],
          requests: 1,
          gaps: [{ reason: 'too-large', after: 1 }],
          limits: ['event-size'],
        },
        'what came of it',
      )
    },
  }
}
