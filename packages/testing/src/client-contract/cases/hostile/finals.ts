/** What can never work, and streams that are to end. */
import { ConnectionError, type ConnectOptions, type Endpoints, type StandardSchema } from '@holdfast/core/client'
import { equal, ok } from '../../../event-source/expect.ts'
import { ends, holds, wait, type HostileCase, type HostileContext } from '../../hostile/context.ts'

export const finalCases: readonly HostileCase[] = [
  {
    name: 'a URL with a password: as fetch takes it, or final at once with the cause',
    async run(context) {
      const stream = context.plan([holds('data: 1\n\n')])
      const url = stream.url.replace('//', '//user:secret@')
      const taken = await fetch(url).then(
        (response) => response.body?.cancel().then(() => true),
        () => false,
      )
      if (!taken) return expectFinal(context, url)
      const follower = context.follow(url)
      await follower.until('the event', () => follower.data.includes('1'))
    },
  },
  {
    name: 'a fetch whose body is no web stream: final at once with the cause',
    run(context) {
      const headers = new Headers({ 'content-type': 'text/event-stream' })
      const answer = { ok: true, status: 200, headers, body: { pipe() {} } } as unknown as Response
      return expectFinal(context, context.plan([holds()]).url, { fetch: () => Promise.resolve(answer) })
    },
  },
  {
    name: 'a URL of WebSocket: final at once with the cause',
    run: (context) => expectFinal(context, 'ws://127.0.0.1:9/'),
  },
]

async function expectFinal(context: HostileContext, endpoints: Endpoints, options?: ConnectOptions): Promise<void> {
  const follower = context.follow(endpoints, options)
  await follower.until('its end', () => follower.end !== 'open', 2_000)
  const error = follower.end
  ok(error instanceof ConnectionError, `It ended with ${String(error)}`)
  const { code, cause } = error as ConnectionError
  equal({ code, caused: cause instanceof Error }, { code: 'invalid-endpoint', caused: true }, 'the error')
}

const numbered: StandardSchema<{ n: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { n?: unknown } | null)?.n === 'number'
        ? { value: value as { n: number } }
        : { issues: [{ message: 'There is no number' }] },
  },
}

export const schemaCases: readonly HostileCase[] = [
  {
    name: '`schema` and an empty priming event: the event is not the schema’s',
    async run(context) {
      const { url } = context.plan([holds('id: p\ndata:\n\n', 'data: {"n":1}\n\n')])
      const follower = context.follow(url, { schema: numbered })
      await follower.until('the event', () => follower.data.includes('{"n":1}'))
      equal(follower.end, 'open', 'the end')
    },
  },
  {
    name: '`schema`, `until` and `[DONE]`: completes, and does not come back',
    async run(context) {
      const stream = context.plan([ends('data: {"n":1}\n\ndata: [DONE]\n\n')])
      const follower = context.follow(stream.url, { schema: numbered, until: ({ data }) => data === '[DONE]' })
      await follower.until('the end', () => follower.end !== 'open')
      await wait(1_500)
      const seen = await stream.seen()
      equal(
        { end: String(follower.end), data: follower.data, requests: seen.length },
        { end: 'done', data: ['{"n":1}'], requests: 1 },
        'what came of it',
      )
    },
  },
]
