import type { Example } from '../examples.ts'
import type { Site } from '../site.ts'

export const quietLog = 'quiet'

/** Whether the host has written nothing: what a client does that leaves is no error. */
export async function silence(site: Site): Promise<string> {
  const noise = site.noise()
  if (noise.length > 0) throw new Error(`${noise.length} lines in the log: ${noise.slice(0, 12).join('\n')}`)
  return quietLog
}

/** {@link silence}, where a host may tell of a stalled reader: it is cut by an error, since nothing else lets go of it. */
export async function silenceButForStalls(site: Site, { tellsOfStalls = false }: Example): Promise<string> {
  const told = site.noise().some((line) => line.includes('stalled'))
  return tellsOfStalls && told ? 'tells of a stalled reader' : silence(site)
}
