/** The ends of turns: when all that one turn has to say is said at once. */
import { onWorkerd } from './runtime.ts'

/** How this runtime's turns end. */
export interface Turns {
  /** Run once the current turn's work is done, before more input is read. */
  afterTurn(callback: () => void): void
  /**
   * True where streams and timers belong to one request (Cloudflare Workers): nothing may be shared between requests,
   * and streams are pushed, since a pull costs 9 times as much there (workerd 1.2026).
   */
  readonly requestScoped: boolean
}

interface Globals {
  setImmediate?: (callback: () => void) => unknown
}

const { setImmediate } = globalThis as Globals

/** The real ones. */
export const afterTurn: Turns['afterTurn'] = /* @__PURE__ */ chooseAfterTurn()
export const systemTurns: Turns = { afterTurn, requestScoped: onWorkerd }

// Publishes of one turn leave in one write: 10 concurrent publishers cost 1.5 CPU s per million deliveries this way
// against 6.7 with microtasks. `setTimeout` would add at least a millisecond of latency.
function chooseAfterTurn(): Turns['afterTurn'] {
  // Called without a receiver: workerd refuses one that is not the global object.
  if (setImmediate) return (callback) => void setImmediate(callback)
  return onWorkerd || typeof MessageChannel === 'undefined' ? (callback) => void setTimeout(callback) : afterMessage
}

const queue: (() => void)[] = []
let channel: MessageChannel

// One channel serves all that is asked for meanwhile: one for each costs Chromium 90 µs an event. None is kept open, since
// that would keep a process alive where a test takes setImmediate away.
function afterMessage(callback: () => void): void {
  if (queue.push(callback) === 1) {
    channel = new MessageChannel()
    channel.port1.onmessage = next
  }
  channel.port2.postMessage(0)
}

function next(this: MessagePort): void {
  const callback = queue.shift()
  if (queue.length === 0) this.close()
  callback?.()
}

/**
 * How to ask for `run` to be called after the turn, in the request that calls this function.
 *
 * On Workers a timer dies with the request that set it. Had a `send` in another request set the one that flushes a stream,
 * the stream would never be flushed again. A promise's reactions run in the request that waits for it (workerd
 * 1.20261117, from compatibility date 2024-10-14 on), so there it is asked for by resolving one.
 */
export function turnsOf(turns: Turns, run: () => void): () => void {
  if (!turns.requestScoped) return () => turns.afterTurn(run)
  let ask = (): void => {}
  const wait = (): void => {
    const asked = new Promise<void>((resolve) => (ask = resolve))
    void asked.then(() => {
      wait()
      turns.afterTurn(run)
    })
  }
  wait()
  return () => ask()
}
