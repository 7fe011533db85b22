import { expect, it } from 'vitest'
import { Attempt, type AttemptListener } from '../../src/client/attempt/attempt.ts'
import type { AttemptState } from '../../src/client/attempt/states.ts'
import { FakeEnvironment } from '../support/fake-environment.ts'

const timeouts = { connectTimeout: 5_000, firstByteTimeout: 0, idleTimeout: 0, neverIdle: false, rhythm: undefined }
const headers = { 'content-type': 'text/event-stream' }

/** How many timers are left of an attempt that is closed by whoever is told that it is in this state. */
async function timersAfterClosingAt(state: AttemptState): Promise<number> {
  const environment = new FakeEnvironment()
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(':\n\n')) })
  const request = {
    url: 'http://a.test/events',
    standby: false,
    resume: () => ({ id: '' }),
    fetch: () => Promise.resolve(new Response(body, { headers })),
  }
  const listener: AttemptListener = {
    onState: (now) => void (now === state && attempt.close()),
    onHead() {},
    onEvent() {},
    onCheckpoint() {},
    onHint() {},
    onRetry() {},
    onTooLarge() {},
    room: () => undefined,
  }
  const attempt = new Attempt(request, timeouts, listener, environment)
  await environment.settle()
  expect(attempt.state).toBe('retired')
  await environment.advance(10_000)
  return environment.timers
}

// It kept a process alive: without a heartbeat its silence was looked at every two seconds, for ever.
it.each<AttemptState>(['open', 'live'])('an attempt that is closed as it is %s leaves no timer', async (state) => {
  expect(await timersAfterClosingAt(state)).toBe(0)
})
