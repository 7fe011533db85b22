import type { Tick } from '../config.ts'

/** A function that makes the next tick: a price that walks at random, and never far from 100. */
export function createTicker(): () => Tick {
  const run = crypto.randomUUID().slice(0, 8)
  let n = 0
  let price = 100
  return () => {
    price += (100 - price) * 0.01 + (Math.random() - 0.5)
    return { n: ++n, run, time: Date.now(), price: Math.round(price * 100) / 100 }
  }
}
