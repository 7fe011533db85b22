/** Logs that begin anew, or have another set of topics each time. */
import { equal, ok } from '../../../event-source/expect.ts'
import { idBytes, type HostileCase } from '../../hostile/context.ts'

export const epochCase: HostileCase = {
  name: 'a hub whose clock was set back restarts: a gap when it has said so three times over 10 s, then its events',
  async run(context) {
    const follower = context.follow(context.mortalHub('/numbers'))
    await follower.until('events', () => follower.events.length >= 5)
    await context.restartHub(-3_600_000)
    const began = performance.now()
    await follower.until('a gap', () => follower.gaps.length > 0, 40_000)
    const took = performance.now() - began
    const { after = 0 } = follower.gaps[0] ?? {}
    await follower.until('events after it', () => follower.events.length >= after + 5)
    const isNew = follower.data.map((data) => data.startsWith('-'))
    const numbers = follower.data.slice(after).map((data) => Number(data.split(':')[1]))
    equal(
      {
        reasons: follower.gaps.map(({ reason }) => reason),
        newBefore: isNew.slice(0, after).includes(true),
        oldAfter: isNew.slice(after).includes(false),
        skips: numbers.slice(1).some((number, index) => number !== (numbers[index] ?? 0) + 1),
        stale: follower.statuses.filter((status) => status.state === 'lost' && status.reason === 'stale').length >= 2,
      },
      { reasons: ['new-epoch'], newBefore: false, oldAfter: false, skips: false, stale: true },
      'what came of it',
    )
    ok(took > 9_000, `It was believed after ${Math.round(took)} ms`)
  },
}

export const topicsCase: HostileCase = {
  name: 'more than 32 topics behind one URL over time: resumes all the same',
  async run(context) {
    const follower = context.follow(context.hub('/rotating'))
    for (let connection = 0; connection < 8; connection++) {
      const count = follower.events.length
      await follower.until('events', () => follower.events.length >= count + 5)
      follower.reconnect()
    }
    const numbers = follower.data.map((data) => Number(data.split(':')[1]))
    equal(
      {
        gaps: follower.gaps.map(({ reason }) => reason),
        skips: numbers.slice(1).some((number, index) => number !== (numbers[index] ?? 0) + 1),
        bounded: follower.lastEventId.length <= idBytes,
      },
      { gaps: [], skips: false, bounded: true },
      'what came of it',
    )
  },
}
