import { setTimeout as wait } from 'node:timers/promises'
import type { Example } from '../examples.ts'
import type { Site } from '../site.ts'
import { inMs } from './in-ms.ts'

/** A client that leaves: as a process that ends does, by FIN, or by RST. */
export type Leaving = 'fin' | 'rst'

/** How long until the hub knows that a client has left. */
export async function leaving(site: Site, how: Leaving, { leavingFoundBy }: Example): Promise<string> {
  const reader = await site.read(`/rooms/${how}`)
  await reader.until('the first byte', () => reader.bodyBytes > 0)
  const over = new AbortController()
  if (leavingFoundBy === 'writing') void keepWriting(site, how, over.signal)
  if (how === 'fin') reader.destroy()
  else reader.rst()
  try {
    const { reason, took } = await site.closed(how, 5_000)
    if (reason !== 'client-closed') throw new Error(`A client that left by ${how} was closed as ${reason}`)
    return leavingFoundBy === 'writing' ? 'at a write' : inMs(took)
  } finally {
    over.abort()
  }
}

async function keepWriting(site: Site, room: string, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await wait(200)) await site.publish(room, 'is anybody there?')
}
