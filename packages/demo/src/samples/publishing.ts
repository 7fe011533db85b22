import type { Hub } from '@holdfast/core/hub'
import { createMachineSampler } from './machine.ts'
import { createTicker } from './ticker.ts'

const tickEvery = 100
const sampleEvery = 1_000

/**
 * Publish the ticker, ten times a second, and the machine, once.
 *
 * @returns how to stop
 */
export function startPublishing(hub: Hub): () => void {
  const stopTicker = publishEvery(tickEvery, hub, 'ticker', createTicker())
  const stopMachine = publishEvery(sampleEvery, hub, 'system', createMachineSampler())
  return () => {
    stopTicker()
    stopMachine()
  }
}

/** One at a time: at a log that hangs nothing piles up, and what it did not take is offered again before anything newer. */
function publishEvery(milliseconds: number, hub: Hub, topic: string, next: () => unknown): () => void {
  const run = crypto.randomUUID()
  let count = 0
  let waiting: unknown
  let isBusy = false
  const publish = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    waiting ??= next()
    try {
      // The key, since one that was reported as failed may be stored all the same.
      await hub.publish(topic, { data: waiting }, { key: `${run}-${count}` })
      waiting = undefined
      count++
    } catch (error) {
      console.error(String(error))
    }
    isBusy = false
  }
  const timer = setInterval(() => void publish(), milliseconds)
  return () => clearInterval(timer)
}
