import type { Environment } from '../environment.ts'
import type { Deadline, DeadlineWheel } from '../stream/deadlines.ts'
import { formatHint } from '../wire/hints.ts'
import type { Members } from './members.ts'

// Native clients come back after their reconnection time, wherever they are sent: the sooner they begin, the more they
// spread. `connect()` opens another stream within 0.8 of the time it is told, so it is left alone until the end.
const nativeShare = 0.8

/** Warn every client, close them in a jittered spread, and resolve when none is left or `within` ms are over. */
export async function drainMembers(
  members: Members,
  within: number,
  environment: Environment,
  wheel: DeadlineWheel,
): Promise<void> {
  const hint = new TextEncoder().encode(formatHint({ drain: within }))
  const now = environment.now()
  const deadlines: Deadline[] = []
  const at = (time: number, action: () => void): void => {
    const deadline = { expire: () => (action(), Infinity) }
    deadlines.push(deadline)
    wheel.set(deadline, time)
  }
  for (const { subscriber, movesItself } of members) {
    subscriber.notify(hint)
    if (!movesItself) at(now + within * nativeShare * environment.random(), () => subscriber.finish('drained'))
  }
  at(now + within, () => closeAll(members))
  await members.empty()
  // Those who left by themselves leave their deadline behind, which would keep the process alive.
  for (const deadline of deadlines) wheel.remove(deadline)
}

/** Close every stream: those that take their last bytes within `grace` ms cleanly, the others by a cut. */
export async function closeMembers(
  members: Members,
  grace: number,
  environment: Environment,
  wheel: DeadlineWheel,
): Promise<void> {
  for (const { subscriber } of members) subscriber.finish('drained')
  const end = { expire: () => closeAll(members) }
  wheel.set(end, environment.now() + grace)
  await members.empty()
  wheel.remove(end)
}

function closeAll(members: Members): number {
  for (const { subscriber } of members) subscriber.close('drained')
  return Infinity
}
