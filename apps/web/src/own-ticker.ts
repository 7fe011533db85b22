import type { Tick } from '@holdfast/demo/config'
import { ask, type Setup } from './setup.ts'

const every = 250

/**
 * Publish the ticker from here, where no server stays to do it, while somebody looks. A tick that cannot be published is
 * tried again before the next: the numbers have no hole but what a reader missed.
 *
 * @returns how to stop
 */
export function publishTicker(setup: Setup, run: string): () => void {
  let n = 1
  let price = 100
  let isBusy = false
  const publish = async (): Promise<void> => {
    if (isBusy || document.hidden) return
    isBusy = true
    price += (100 - price) * 0.01 + (Math.random() - 0.5)
    const data: Tick = { n, run, time: Date.now(), price: Math.round(price * 100) / 100 }
    // The key, so that one whose answer was lost is not there twice.
    const isPublished = await ask(setup, 'POST', '/topics/ticker', { data, key: `${run}-${n}` }).then(
      () => true,
      () => false,
    )
    if (isPublished) n++
    isBusy = false
  }
  const timer = setInterval(() => void publish(), every)
  return () => clearInterval(timer)
}
