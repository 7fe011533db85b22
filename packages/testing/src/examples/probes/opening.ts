import type { Site } from '../site.ts'
import { inMs } from './in-ms.ts'

// A buffer somewhere on the way would hold an event back until heartbeats, one in 7 s, have filled it.
const atOnce = 3_000

/** The first byte after a request, and an event after its publication. */
export async function firstEvent(site: Site): Promise<string> {
  const asked = performance.now()
  const reader = await site.read('/rooms/lobby')
  try {
    await reader.until('the first byte', () => reader.bodyBytes > 0, atOnce)
    const opened = performance.now()
    await site.publish('lobby', 'hello')
    await reader.until('the event', () => reader.events.length > 0, atOnce)
    return `${inMs(opened - asked)} / ${inMs(performance.now() - opened)}`
  } finally {
    reader.destroy()
  }
}

/** The first event of a stream of one reader, which then comes to a clean end. */
export async function singleStream(site: Site): Promise<string> {
  const asked = performance.now()
  const reader = await site.read('/countdown')
  try {
    await reader.until('the first event', () => reader.events.length > 0, atOnce)
    const took = performance.now() - asked
    await reader.until('the end', () => reader.bodyDone)
    const got = reader.events.map(({ data }) => data).join(' ')
    if (got !== '3 2 1 0' || !reader.comments.some((text) => text.includes('end=done')))
      throw new Error(`The countdown was "${got}", its comments ${JSON.stringify(reader.comments)}`)
    return inMs(took)
  } finally {
    reader.destroy()
  }
}
