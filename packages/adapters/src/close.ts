import { checkOptions } from '@holdfast/core/adapter'
import type { CloseOptions, DrainableHub } from './serve.ts'
import { closeOptions } from './serve-rules.ts'

/** What a runtime can do to its server. */
export interface Closable {
  /** End the event streams the adapter itself holds, where it holds any. */
  endStreams?(): void
  /** Accept no more. Resolves when every connection is gone, which may be never. */
  stop(): Promise<void>
  /** Cut every connection that is left; `stop` then resolves. */
  force(): void
}

const defaultWithin = 10_000

// A response that has just been ended still has to leave, also when draining took all the time there was.
const leastGrace = 100

// A cut connection is gone in milliseconds (Node 26, Bun 1.4, Deno 2.9: 2–15). Should a runtime fail to say so, `close`
// returns all the same.
const afterForce = 400

/** A `close` of which only the first call counts. */
export function closeOnce(server: Closable): (options?: CloseOptions) => Promise<void> {
  let closing: Promise<void> | undefined
  return (options = {}) => {
    checkOptions('close', options, closeOptions)
    return (closing ??= close(server, options))
  }
}

async function close(server: Closable, { hub, within = defaultWithin }: CloseOptions): Promise<void> {
  const deadline = performance.now() + within
  try {
    if (hub) await settles(drain(hub, within), within)
  } finally {
    server.endStreams?.()
    const stopped = server.stop()
    const left = within === 0 ? 0 : Math.max(deadline - performance.now(), leastGrace)
    if (!(await settles(stopped, left))) {
      server.force()
      await settles(stopped, afterForce)
    }
  }
}

async function drain(hub: DrainableHub, within: number): Promise<void> {
  await hub.drain({ within })
  await hub.close()
}

/** Whether the promise settles in time; `0` waits for as long as it takes. */
async function settles(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  if (milliseconds === 0) return promise.then(() => true)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  try {
    return await Promise.race([promise.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
