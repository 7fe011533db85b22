import type { Environment } from '../../environment.ts'

/** What an event source takes from the world around it. */
export type Tasks = Pick<Environment, 'setTimer' | 'clearTimer' | 'afterTurn'>

interface Globals {
  setImmediate?: (callback: () => void) => unknown
  navigator?: { userAgent?: string }
}

const { navigator, setImmediate } = globalThis as Globals

/** Whether this is workerd, where streams, timers and ports belong to one request. */
export const onWorkerd: boolean = navigator?.userAgent === 'Cloudflare-Workers'

/** The runtime's own: no more than that of the core's environment, since a page loads every byte. */
export const systemTasks: Tasks = {
  setTimer: (callback, delay) => setTimeout(callback, delay),
  clearTimer: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
  afterTurn: chooseAfterTurn(),
}

// Called without a receiver: workerd refuses one that is not the global object.
function chooseAfterTurn(): Tasks['afterTurn'] {
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
