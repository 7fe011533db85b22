import { setTimeout as wait } from 'node:timers/promises'
import type { RawClient } from '../../raw-client/index.ts'
import type { Site } from '../site.ts'

/** Whether a stream on which nothing happens stays open, and then brings an event. */
export async function quietness(site: Site, reader: RawClient, opened: number): Promise<string> {
  const seconds = 35
  try {
    await wait(Math.max(0, opened + seconds * 1_000 - performance.now()))
    if (reader.fate !== 'open' || reader.bodyDone)
      throw new Error(`A quiet stream was not kept: ${reader.fate}, ${reader.comments.length} comments`)
    const heartbeats = reader.comments.length - 1
    await site.publish('quiet', 'after silence')
    await reader.until('the event after silence', () => reader.events.length > 0)
    return `${seconds} s, ${heartbeats === 1 ? 'a heartbeat' : `${heartbeats} heartbeats`}`
  } finally {
    reader.destroy()
  }
}
