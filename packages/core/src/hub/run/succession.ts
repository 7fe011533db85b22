import { heirMark, runMark, type RunSign } from '../entries.ts'
import { runningIn, type TopicState } from '../topic-state.ts'
import { newNonce, type RunParts, succession } from './parts.ts'
import { RunWatch } from './run-watch.ts'
import { fillSlot, slotKey } from './slots.ts'
import { untilState } from './until-state.ts'

/**
 * Wait for the producer of a run to die, and take its place. Of several who wait one does: who fills the slot after the
 * last that the dead one has filled.
 *
 * @returns the sign of this process's beginning; undefined when the run is over, or `signal` is aborted
 */
export async function succeed(
  run: RunSign,
  lease: number,
  signal: AbortSignal,
  parts: RunParts,
): Promise<RunSign | undefined> {
  const { log, subscription, environment, onError } = parts
  // So that nobody ends the topic as failed before this process had the time to find out.
  await log.publish(heirMark(run.id)).catch(onError)
  const claimed = new AbortController()
  let own: RunSign | undefined
  let claiming: Promise<void> | undefined
  const claim = async (last: RunSign): Promise<void> => {
    const next = { attempt: last.attempt + 1, slot: last.slot + 1 }
    const sign = { ...last, ...next, lease, at: environment.wallTime() }
    const options = { clock: environment, patience: 0, signal }
    const filling = await fillSlot(log, runMark(sign, newNonce(environment)), slotKey(sign), options)
    if (!filling.filled) return
    own = sign
    claimed.abort()
  }
  const onSilent = (last: RunSign): Promise<void> => (claiming = claim(last))
  const watch = new RunWatch({ ...parts, broker: log, share: succession, heedsHeirs: false, onSilent })
  const isOver = (state: TopicState): boolean => runningIn(state)?.id !== run.id
  await untilState(subscription, isOver, AbortSignal.any([signal, claimed.signal]))
  watch.close()
  // What was claimed is owned, also by one who does not want it any more: he ends it.
  await claiming?.catch(() => {})
  return own
}
