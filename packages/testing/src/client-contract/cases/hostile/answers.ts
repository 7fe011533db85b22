/** Answers that are odd, late, or not for a client that looks too closely. */
import type { ConnectionError } from '@holdfast/core/client'
import { equal, ok } from '../../../event-source/expect.ts'
import type { Answer } from '../../../event-source/plan.ts'
import { ends, holds, type Follower, type HostileCase } from '../../hostile/context.ts'

const contentTypes: readonly { what: string; type: string | string[] }[] = [
  { what: 'joined', type: 'text/event-stream, text/event-stream' },
  { what: 'repeated', type: ['text/event-stream', 'text/event-stream;charset=utf-8'] },
  { what: 'with a parameter', type: 'Text/Event-Stream ; charset=utf-8' },
]

export const contentTypeCases = contentTypes.map(({ what, type }): HostileCase => ({
  name: `the content type ${what}: is an event stream`,
  async run(context) {
    const { url } = context.plan([{ headers: { 'content-type': type }, body: ['data: 1\n\n'] }])
    const follower = context.follow(url)
    await follower.until('the event', () => follower.data.includes('1'))
  },
}))

// Longer than what counts as a stream that stood, after which a client comes back at once where nobody says otherwise.
const stood = holdsFor(5_500)
function holdsFor(milliseconds: number): Answer {
  return ends('retry: 3000\n\n', 'data: 1\n\n', milliseconds)
}

export const retryCases: readonly HostileCase[] = [
  {
    name: '`retry: 3000`, then FIN: not before 3 s at the only endpoint',
    async run(context) {
      const stream = context.plan([stood, holds('data: 2\n\n')])
      const follower = context.follow(stream.url)
      await follower.until('the second event', () => follower.events.length >= 2, 20_000)
      const [first, second] = await stream.seen()
      const pause = (second?.at ?? 0) - (first?.closedAt ?? Infinity)
      // The one who ends a stream sees its end a little later than who reads it.
      ok(pause >= 2_900 && pause < 8_000, `It came back after ${Math.round(pause)} ms`)
    },
  },
  {
    name: '`retry: 3000`, then FIN: another endpoint at once',
    async run(context) {
      const stream = context.plan([stood, holds('data: 2\n\n')])
      const other = context.plan([holds('data: other\n\n')], true)
      const follower = context.follow([stream.url, { url: other.url, priority: 60_000 }], { redundancy: 'none' })
      await follower.until('an event of the other one', () => follower.data.includes('other'), 20_000)
      const [[first], [next]] = [await stream.seen(), await other.seen()]
      const pause = (next?.at ?? Infinity) - (first?.closedAt ?? 0)
      ok(pause < 1_500, `The other endpoint was asked after ${Math.round(pause)} ms`)
    },
  },
]

const html = { headers: { 'content-type': 'text/html' }, body: ['<h1>Soon</h1>'], after: 'end' } as const
const oddAnswers: readonly { what: string; answer: Answer }[] = [
  { what: '404', answer: { status: 404, after: 'end' } },
  { what: 'HTML', answer: { ...html, body: [...html.body] } },
]

export const oddCases: readonly HostileCase[] = [
  ...oddAnswers.map(({ what, answer }): HostileCase => ({
    name: `${what} for some seconds at an endpoint that had worked: goes on`,
    async run(context) {
      const { url } = context.plan([ends('data: 1\n\n'), answer, answer, answer, holds('data: 2\n\n')])
      const follower: Follower = context.follow(url, { backoff: 500 })
      await follower.until('the second event', () => follower.events.length >= 2, 30_000)
      equal(follower.data, ['1', '2'], 'events')
    },
  })),
  ...[
    { status: 403, code: 'forbidden' },
    { status: 410, code: 'no-event-stream' },
  ].map(({ status, code }): HostileCase => ({
    name: `${status} at an endpoint that had worked: is believed`,
    async run(context) {
      const { url } = context.plan([ends('data: 1\n\n'), { status, after: 'end' }])
      const follower = context.follow(url, { backoff: 200 })
      await follower.until('the end', () => follower.end !== 'open')
      const { code: found, status: given } = follower.end as ConnectionError
      equal({ code: found, status: given }, { code, status }, 'the error')
    },
  })),
]
