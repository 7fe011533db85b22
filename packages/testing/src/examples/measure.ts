import type { Example } from './examples.ts'
import { client } from './probes/client.ts'
import { compression } from './probes/compression.ts'
import { leaving } from './probes/leaving.ts'
import { firstEvent, singleStream } from './probes/opening.ts'
import { quietLog, silence, silenceButForStalls } from './probes/log.ts'
import { page } from './probes/page.ts'
import { quietness } from './probes/quietness.ts'
import { stalling } from './probes/stalling.ts'
import { type Site, startSite } from './site.ts'
import { versionsOf } from './versions.ts'

/** What was seen of an example: a cell of the table for each column, and what is not as promised. */
export interface Measured {
  example: Example
  versions: string
  cells: Record<Column, string>
  faults: string[]
}

export type Column = 'opening' | 'single' | 'fin' | 'rst' | 'stall' | 'quiet' | 'compression' | 'client' | 'log'

/** Start an installed example and try everything on it, side by side where one does not disturb the other. */
export async function measure(example: Example, folder: string): Promise<Measured> {
  await using site = await startSite(example, folder)
  const faults: string[] = []
  const look = async (what: Column, probe: Promise<string>): Promise<string> => {
    try {
      return await probe
    } catch (error) {
      faults.push(`${what}: ${String(error)}`)
      return '**failed**'
    }
  }
  const versions = await versionsOf(example, folder)
  await warmUp(site)
  const quietReader = await site.read('/rooms/quiet')
  const quiet = look('quiet', quietness(site, quietReader, performance.now()))
  // Times first, one after the other, then what takes long.
  const opening = await look('opening', firstEvent(site))
  const single = await look('single', singleStream(site))
  const rst = await look('rst', leaving(site, 'rst', example))
  const fin = await look('fin', leaving(site, 'fin', example))
  const compressed = await look('compression', compression(site, example))
  const leavingLog = await look('log', silence(site))
  const [reads, stall, kept] = await Promise.all([
    look('client', example.client === 'page' ? page(site) : client(site)),
    look('stall', stalling(site, example)),
    quiet,
  ])
  const log = leavingLog === quietLog ? await look('log', silenceButForStalls(site, example)) : leavingLog
  const cells = { opening, single, fin, rst, stall, quiet: kept, compression: compressed, client: reads, log }
  return { example, versions, cells, faults }
}

// The first request of a process compiles and loads what none after it has to.
async function warmUp(site: Site): Promise<void> {
  await site.publish('warm', 'up')
  await singleStream(site)
  site.expectQuiet()
}
