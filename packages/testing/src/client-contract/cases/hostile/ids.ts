/** Ids that cannot be sent back, and ids that nobody promised to be unique. */
import { equal } from '../../../event-source/expect.ts'
import type { Piece } from '../../../event-source/plan.ts'
import { ends, holds, type HostileCase } from '../../hostile/context.ts'

/** Ids that no request can carry, and one that it can. */
const ids: readonly { what: string; id: Piece; sent?: string }[] = [
  { what: 'with a control character', id: 'a\u0001b' },
  { what: 'with DEL', id: 'a\u007Fb' },
  { what: 'in letters beyond ASCII', id: 'grüße', sent: 'grüße' },
  { what: 'of 17 KB', id: { repeat: 'x', times: 17_000 } },
  { what: 'of 200 KB', id: { repeat: 'x', times: 200_000 } },
  { what: 'of 10 MB', id: { repeat: 'x', times: 10_000_000 } },
]

export const idCases = ids.map(({ what, id, sent }): HostileCase => ({
  name: `an id ${what}: goes on ${sent === undefined ? 'without the header, and says so' : 'with it'}`,
  async run(context) {
    const stream = context.plan([ends('id: ', id, '\ndata: 1\n\n'), holds('data: 2\n\n')])
    const follower = context.follow(stream.url, { backoff: 200 })
    await follower.until('two events', () => follower.events.length >= 2)
    const seen = await stream.seen()
    equal(
      { data: follower.data, requests: seen.length, sent: seen[1]?.lastEventId, limits: follower.limits },
      { data: ['1', '2'], requests: 2, sent, limits: sent === undefined ? ['id-size'] : [] },
      'what came of it',
    )
  },
}))

export const counterCase: HostileCase = {
  name: 'ids that begin anew with each connection: every event comes',
  async run(context) {
    const connection = (name: string): string =>
      [0, 1, 2, 3, 4].map((id) => `id: ${id}\ndata: ${name}${id}\n\n`).join('')
    const bodies = ['a', 'b', 'c', 'd'].map(connection)
    const { url } = context.plan([...bodies.map((body) => ends(body)), holds()])
    const follower = context.follow(url, { backoff: 200 })
    await follower.until('20 events', () => follower.events.length >= 20)
    equal(
      follower.data,
      ['a', 'b', 'c', 'd'].flatMap((name) => [0, 1, 2, 3, 4].map((id) => `${name}${id}`)),
      'events',
    )
  },
}
