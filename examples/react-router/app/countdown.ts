import { setTimeout } from 'node:timers/promises'
import { eventStream } from '@holdfast/core'
import type { Route } from './+types/countdown'

export const loader = ({ request }: Route.LoaderArgs) => eventStream(request, countdown(3))

/** A stream of one reader. It ends, and `connect()` does not come back. */
async function* countdown(from: number) {
  for (let left = from; left >= 0; left--) {
    yield { data: left }
    await setTimeout(500)
  }
}
