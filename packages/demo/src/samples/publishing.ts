import type { Hub } from '@holdfast/core/hub'
import { createMachineSampler } from './machine.ts'
import { createTicker } from './ticker.ts'

const tickEvery = 100
const sampleEvery = 1_000

/**
 * Publish the ticker, ten times a second, and the machine, once. What the log does not take in time is dropped: these are
 * samples, and the next one is newer.
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

function publishEvery(milliseconds: number, hub: Hub, topic: string, next: () => unknown): () => void {
  // At a log that hangs nothing piles up.
  let isBusy = false
  const publish = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    await hub.publish(topic, { data: next() }).catch((error: unknown) => console.error(String(error)))
    isBusy = false
  }
  const timer = setInterval(() => void publish(), milliseconds)
  return () => clearInterval(timer)
}
