import { withLinger } from '../../linger.ts'
import { SplitText } from '../../split-text.ts'
import { untilAborted } from '../../until-aborted.ts'
import { comparePositions, topicKey } from '../../wire/position.ts'
import { toBrokerEvent } from '../checks.ts'
import { RunSupersededError } from '../errors.ts'
import { runMark, type RunSign } from '../entries.ts'
import { runningIn } from '../topic-state.ts'
import type { RunOptions, RunResult, RunSource } from '../types.ts'
import { defaultLease, newNonce, type RunParts } from './parts.ts'
import { runKey, fillSlot, slotKey } from './slots.ts'
import { succeed } from './succession.ts'
import { untilState } from './until-state.ts'
import { RunWriter } from './writer.ts'

/**
 * Move a source's events to a topic, then end it. With a key that was used before, go on only for a producer that died.
 *
 * @throws what the source throws, and what keeps the run from the log
 */
export async function run(source: RunSource, options: RunOptions, parts: RunParts): Promise<RunResult> {
  const { key, lease = defaultLease, linger = Infinity, signal } = options
  const stop = signal ? AbortSignal.any([signal, parts.closing]) : parts.closing
  const begun = await begin(key, lease, parts)
  const running = runningIn(parts.subscription.state)
  const isHeir = !begun && typeof source === 'function' && isOf(running, key)
  const sign = isHeir && running ? await succeed(running, lease, stop, parts) : begun
  parts.closing.throwIfAborted()
  if (!sign) return foundElsewhere(key, parts)
  const writer = new RunWriter(parts, sign)
  try {
    const outcome = await produce(source, writer, { linger, stop }, parts)
    return { outcome, written: writer.written, end: outcome === 'unread' ? 'failed' : 'done' }
  } catch (error) {
    const isStopped = error instanceof RunSupersededError && error.end === 'done'
    if (isStopped) return { outcome: 'stopped', written: writer.written, end: 'done' }
    throw error
  } finally {
    writer.close()
  }
}

/** Begin, unless a run with this key has begun before. Returns the sign of the beginning. */
async function begin(key: string | undefined, lease: number, parts: RunParts): Promise<RunSign | undefined> {
  const { log, subscription, environment: clock, closing: signal } = parts
  // Its beginning may be trimmed, and its key forgotten with that.
  if (isOf(subscription.state.run, key)) return undefined
  const id = `${key === undefined ? '' : topicKey(key)}${newNonce(clock)}`
  const sign: RunSign = { id, attempt: 0, slot: 0, written: 0, lease, at: clock.wallTime() }
  const slot = key === undefined ? slotKey(sign) : runKey(key)
  const filling = await fillSlot(log, runMark(sign, id), slot, { clock, patience: lease, signal })
  if (filling.filled) return sign
  // Who has begun may not have been heard yet.
  const { position } = filling
  await untilState(subscription, () => comparePositions(subscription.position, position) >= 0, signal)
  return undefined
}

// The id of a run with a key begins with a hash of it.
function isOf(run: RunSign | undefined, key: string | undefined): boolean {
  return run !== undefined && key !== undefined && run.id.length > 8 && run.id.startsWith(topicKey(key))
}

function foundElsewhere(key: string | undefined, { subscription }: RunParts): RunResult {
  const { run, end } = subscription.state
  return isOf(run, key) ? { outcome: 'elsewhere', written: run?.written, end } : { outcome: 'elsewhere' }
}

interface ProduceOptions {
  linger: number
  stop: AbortSignal
}

// Goes on when readers leave, since they may come back; broken off for want of them, it has failed.
function produce(
  source: RunSource,
  writer: RunWriter,
  { linger, stop }: ProduceOptions,
  { closing, hasReaders, onError, environment: clock }: RunParts,
): Promise<Exclude<RunResult['outcome'], 'elsewhere'>> {
  return withLinger({ linger, hasReaders, clock }, async (lonely) => {
    const over = AbortSignal.any([stop, lonely, writer.lost, writer.stopped])
    try {
      await move(source, writer, over)
    } catch (error) {
      if (!over.aborted) {
        await writer.end('failed').catch(onError)
        throw error
      }
    }
    // The topic of a hub that closes is not over: another process may go on.
    closing.throwIfAborted()
    writer.lost.throwIfAborted()
    const isStopped = stop.aborted || writer.stopped.aborted
    const isUnread = lonely.aborted && !isStopped
    await writer.end(isUnread ? 'failed' : 'done')
    if (isUnread) return 'unread'
    return isStopped ? 'stopped' : 'produced'
  })
}

async function move(source: RunSource, writer: RunWriter, over: AbortSignal): Promise<void> {
  // What the source still waits for when its event cannot be stored is for nothing.
  const left = new AbortController()
  const signal = AbortSignal.any([over, left.signal])
  try {
    const events = typeof source === 'function' ? source({ written: writer.written, signal }) : source
    const text = new SplitText()
    for await (const event of untilAborted(events, signal)) {
      // One event for each string, also for one that is but half a character: a source that goes on counts them.
      await writer.write(toBrokerEvent(typeof event === 'string' ? { data: text.whole(event) } : event))
    }
    const half = text.rest()
    if (half !== '') await writer.write({ data: half })
  } finally {
    left.abort()
  }
}
