import type { Environment } from '../environment.ts'
import type { DeadlineWheel } from '../stream/deadlines.ts'
import { formatHint } from '../wire/hints.ts'
import type { Member, Members } from './members.ts'

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
  for (const member of members) {
    member.subscriber.notify(hint)
    if (!member.movesItself) closeAt(member, now + within * nativeShare * environment.random(), wheel)
  }
  const end = { expire: () => closeAll(members) }
  wheel.set(end, now + within)
  await members.empty()
  wheel.remove(end)
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

function closeAt({ subscriber }: Member, at: number, wheel: DeadlineWheel): void {
  const close = (): number => {
    subscriber.finish('drained')
    return Infinity
  }
  wheel.set({ expire: close }, at)
}

function closeAll(members: Members): number {
  for (const { subscriber } of members) subscriber.close('drained')
  return Infinity
}
