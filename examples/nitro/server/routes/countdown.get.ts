import { setTimeout } from 'node:timers/promises'
import { eventStream } from '@holdfast/core'
import { defineHandler } from 'nitro/h3'

export default defineHandler((event) => eventStream(event.req, countdown(3)))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}
