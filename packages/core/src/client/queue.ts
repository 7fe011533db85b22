import { entryWeight, maxWaiting } from './constants.ts'
import type { ConnectionGap, TopicEvent } from './types.ts'

/** What the application is to get, in order: an event, a gap, or only the knowledge of how far the stream has come. */
export interface Entry {
  id: string
  event?: TopicEvent | undefined
  gap?: ConnectionGap
}

/** What was accepted and not consumed yet. It holds the sockets back instead of growing. */
export interface EntryQueue {
  readonly full: boolean
  push(entry: Entry): void
  /** Wait until there is an entry, or never will be. */
  ready(): Promise<void>
  take(): Entry | undefined
  /** Wait until something is added or taken, or never will be. */
  change(): Promise<void>
  /** Nothing will be added. @param discard - and what there is will not be wanted */
  close(discard: boolean): void
}

export function createQueue(): EntryQueue {
  const entries: Entry[] = []
  const waiting: (() => void)[] = []
  let weight = 0
  let closed = false
  const weigh = (sign: number, entry?: Entry): void => {
    weight += sign * (entryWeight + (entry?.event?.data.length ?? 0))
    for (const resolve of waiting.splice(0)) resolve()
  }
  const queue: EntryQueue = {
    get full() {
      return !closed && weight >= maxWaiting
    },
    push(entry) {
      const last = entries.at(-1)
      // Of several checkpoints only the last one matters.
      if (last && !(last.event ?? last.gap ?? entry.event ?? entry.gap)) last.id = entry.id
      else {
        entries.push(entry)
        weigh(1, entry)
      }
    },
    async ready() {
      if (entries[0] || closed) return
      await queue.change()
      return queue.ready()
    },
    take() {
      const entry = entries.shift()
      weigh(-1, entry)
      return entry
    },
    change: () => new Promise((resolve) => waiting.push(resolve)),
    close(discard) {
      closed = true
      if (discard) entries.length = 0
      weigh(0)
    },
  }
  return queue
}
