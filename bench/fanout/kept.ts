import process from 'node:process'
import { setTimeout } from 'node:timers/promises'

interface Collectors {
  /** Of Node and Deno, with `--expose-gc`. */
  gc?: (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void
  Bun?: { gc(synchronously: boolean): void }
}

// What has a finalizer is free only for the collection after the one that found it, and thousands of finalizers take a while.
const collections = 8
const pause = 250

/** What is resident, in MB, once nothing is left to collect. */
export async function keptMb(): Promise<number> {
  const { gc, Bun } = globalThis as Collectors
  if (!gc && !Bun) throw new Error('Memory is measured once garbage is collected, which takes --expose-gc')
  for (let collection = 0; collection < collections; collection++) {
    if (Bun) Bun.gc(true)
    else gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await setTimeout(pause)
  }
  return process.memoryUsage.rss() / 1_048_576
}
