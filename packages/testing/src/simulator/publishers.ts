import type { Log } from './log.ts'
import type { World } from './world.ts'

/** How events come. `steady`: 2 a second; `brisk`: 20; `pausing`: the same, with pauses of 1–20 s every half a minute or so; `bursts`: 20 at once, every 1–5 s. */
export type Publisher = 'steady' | 'brisk' | 'pausing' | 'bursts'

const interval = 500

/** Publish for as long as the world lasts, to one topic after the other. */
export function publish(world: World, log: Log, publisher: Publisher): void {
  let turn = 0
  const next = (): void => {
    const { count, pause } = steps[publisher](world)
    for (let index = 0; index < count; index++) {
      log.publish(log.topics[turn++ % log.topics.length] as (typeof log.topics)[0])
    }
    world.after(pause, next)
  }
  next()
}

/** How many are published now, and how long nothing follows. */
const steps: Readonly<Record<Publisher, (world: World) => { count: number; pause: number }>> = {
  steady: () => ({ count: 1, pause: interval }),
  brisk: () => ({ count: 1, pause: 50 }),
  pausing: (world) => {
    const pauses = world.random() < interval / 30_000
    return { count: 1, pause: pauses ? world.between(1_000, 20_000) : interval * world.between(0.5, 1.5) }
  },
  bursts: (world) => ({ count: 20, pause: world.between(1_000, 5_000) }),
}
