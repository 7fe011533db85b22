import type { Environment } from '../environment.ts'
import type { Deadline, DeadlineWheel } from '../fanout/deadlines.ts'
import { formatHint } from '../wire/hints.ts'
import type { OpenStreams } from './open-streams.ts'

// Native clients come back after their reconnection time, wherever they are sent: the sooner they begin, the more they
// spread. `connect()` opens another stream within 0.8 of the time it is told, so it is left alone until the end.
const nativeShare = 0.8

/** Warn every client, close them in a jittered spread, and resolve when none is left or `within` ms are over. */
export async function drainStreams(
  streams: OpenStreams,
  within: number,
  environment: Environment,
  wheel: DeadlineWheel,
): Promise<void> {
  const hint = new TextEncoder().encode(formatHint({ drain: within }))
  const natives: Deadline[] = []
  for (const { subscriber, movesItself } of streams) {
    subscriber.notify(hint)
    if (movesItself) continue
    const end = { expire: () => (subscriber.finish('drained'), Infinity) }
    natives.push(end)
    wheel.set(end, environment.now() + within * nativeShare * environment.random())
  }
  await closeLast(streams, within, environment, wheel)
  for (const end of natives) wheel.remove(end)
}

/** Close every stream: those that take their last bytes within `grace` ms cleanly, the others by a cut. */
export async function closeStreams(
  streams: OpenStreams,
  grace: number,
  environment: Environment,
  wheel: DeadlineWheel,
): Promise<void> {
  for (const { subscriber } of streams) subscriber.finish('drained')
  await closeLast(streams, grace, environment, wheel)
}

async function closeLast(
  streams: OpenStreams,
  after: number,
  environment: Environment,
  wheel: DeadlineWheel,
): Promise<void> {
  const last = {
    expire: () => {
      for (const { subscriber } of streams) subscriber.close('drained')
      return Infinity
    },
  }
  wheel.set(last, environment.now() + after)
  await streams.empty()
  wheel.remove(last)
}
