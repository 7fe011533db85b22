import type { Hub, HubStats } from '@holdfast/core/hub'

/** What this isolate's hubs have done: one for each open stream, and the sum of those that were. */
export class IsolateStats {
  readonly #open = new Set<Hub>()
  readonly #past: HubStats[] = []

  /** Count a hub that has a stream. */
  open(hub: Hub): void {
    this.#open.add(hub)
  }

  /** Its stream was closed. */
  close(hub: Hub): void {
    if (!this.#open.delete(hub)) return
    const stats = hub.stats()
    // Of a hub that is over nobody learns any more that its objects are back.
    this.#past.push({ ...stats, broker: { ...stats.broker, state: 'connected' } })
    if (this.#past.length > 1) this.#past.splice(0, 2, this.#past.reduce(add))
  }

  /** @param publisher - whose publications count, and whose load */
  stats(publisher: Hub): HubStats {
    return [...this.#past, ...Array.from(this.#open, (hub) => hub.stats())].reduce(add, publisher.stats())
  }
}

/** The first one's load, and of all else what both have done. */
function add(a: HubStats, b: HubStats): HubStats {
  return {
    ...a,
    subscribers: a.subscribers + b.subscribers,
    topics: a.topics + b.topics,
    published: a.published + b.published,
    delivered: a.delivered + b.delivered,
    bytes: a.bytes + b.bytes,
    closes: addEach(a.closes, b.closes),
    resumed: a.resumed + b.resumed,
    replayed: a.replayed + b.replayed,
    gaps: addEach(a.gaps, b.gaps),
    refused: addEach(a.refused, b.refused),
    broker: {
      state: a.broker.state === 'lost' ? 'lost' : b.broker.state,
      losses: a.broker.losses + b.broker.losses,
      recoveries: a.broker.recoveries + b.broker.recoveries,
    },
    publishToWrite: {
      bounds: a.publishToWrite.bounds,
      counts: a.publishToWrite.counts.map((count, index) => count + (b.publishToWrite.counts[index] ?? 0)),
      sum: a.publishToWrite.sum + b.publishToWrite.sum,
    },
  }
}

function addEach<Name extends string>(a: Record<Name, number>, b: Record<Name, number>): Record<Name, number> {
  const total = { ...a }
  for (const name of Object.keys(b) as Name[]) total[name] += b[name]
  return total
}
