import type { Example } from '../examples.ts'
import type { Site } from '../site.ts'

/** Whether the framework's compression is at work, and leaves streams alone. */
export async function compression(site: Site, { compresses }: Example): Promise<string> {
  if (compresses === undefined) return 'has none'
  await site.publish('lobby', 'x'.repeat(4_000))
  const plain = await fetch(site.url + compresses, { headers: { 'accept-encoding': 'gzip' } })
  await plain.arrayBuffer()
  if (plain.headers.get('content-encoding') !== 'gzip') throw new Error(`${compresses} was not compressed`)
  const reader = await site.read('/rooms/lobby')
  reader.destroy()
  const encoding = reader.head?.headers.get('content-encoding')
  if (encoding !== undefined) throw new Error(`The stream was sent as ${encoding}`)
  return 'stands back'
}
