import { Timer } from '../../clock.ts'
import { BrokerUnavailableError } from '../errors.ts'
import { endMark, type RunSign, stopMark } from '../entries.ts'
import { readHead, readState, runningIn, type TopicState } from '../topic-state.ts'
import { defaultLease, type RunParts } from './parts.ts'
import { fillSlot, slotKey } from './slots.ts'
import { untilState } from './until-state.ts'

const mostTries = 8

/**
 * Stop the run of a topic, wherever it is, and wait until it has ended. A producer that does not hear of it for a lease
 * is dead: the topic is then ended here.
 *
 * @throws {BrokerUnavailableError} the broker is away, or a producer goes on that hears nothing
 */
export async function stop(parts: RunParts): Promise<void> {
  const run = runningIn(parts.subscription.state)
  if (!run) return
  await parts.log.publish(stopMark(run.id))
  await whenOver(run, parts)
  for (let tries = 0; tries < mostTries; tries++) if (await isEnded(run, parts)) return
  throw new BrokerUnavailableError('Cannot stop the run: its producer goes on, and hears nothing')
}

// For a lease at most.
async function whenOver({ id, lease }: RunSign, { subscription, environment, closing }: RunParts): Promise<void> {
  const enough = new AbortController()
  const timer = new Timer(environment, () => enough.abort())
  timer.set(lease || defaultLease)
  const isOver = (state: TopicState): boolean => runningIn(state)?.id !== id
  await untilState(subscription, isOver, AbortSignal.any([closing, enough.signal]))
  timer.clear()
  closing.throwIfAborted()
}

async function isEnded({ id }: RunSign, { log, environment: clock, closing: signal }: RunParts): Promise<boolean> {
  const run = runningIn(await readState(log, log.topic, await readHead(log, log.topic)))
  if (run?.id !== id) return true
  const sign = { ...run, slot: run.slot + 1 }
  const { filled } = await fillSlot(log, endMark('done', sign), slotKey(sign), { clock, patience: 0, signal })
  return filled
}
