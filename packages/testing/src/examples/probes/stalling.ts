import type { Example } from '../examples.ts'
import type { Site } from '../site.ts'

// More than the kernel keeps for a connection on both of its sides, in letters that every body parser takes.
const flood = 24 * 1024 * 1024
const letter = 60_000

const reasons: Record<Exclude<Example['cutBy'], 'nobody'>, readonly string[]> = {
  hub: ['stalled'],
  host: ['stalled', 'client-closed'],
}

/** A reader that reads nothing while much is written to it. */
export async function stalling(site: Site, { cutBy }: Example): Promise<string> {
  const reader = await site.read('/rooms/flood')
  try {
    await reader.until('the first byte', () => reader.bodyBytes > 0)
    reader.pause()
    const start = performance.now()
    for (let sent = 0; sent < flood; sent += letter) await site.publish('flood', 'x'.repeat(letter))
    if (cutBy === 'nobody') return await unnoticed(site)
    // Under `wrangler dev` 36 s were seen on a busy machine.
    const { reason } = await site.closed('flood', 60_000)
    if (!reasons[cutBy].includes(reason)) throw new Error(`A stalled reader was closed as ${reason}`)
    const took = performance.now() - start
    // What the kernel has kept for it comes still, and then the end of the connection, not the rest of the letters.
    reader.resume()
    await reader.untilGone(15_000)
    return `after ${(took / 1_000).toFixed(0)} s`
  } finally {
    reader.destroy()
  }
}

async function unnoticed(site: Site): Promise<string> {
  const noticed = await site.closed('flood', 20_000).catch(() => undefined)
  if (noticed) throw new Error(`A stalled reader was closed as ${noticed.reason}: its host is said to read on for it`)
  return '**no**'
}
