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
    this.#past.push(hub.stats())
    if (this.#past.length > 1) this.#past.splice(0, 2, sum(this.#past))
  }

  /** @param publisher - whose publications count */
  stats(publisher: Hub): HubStats {
    return sum([publisher.stats(), ...this.#past, ...Array.from(this.#open, (hub) => hub.stats())])
  }
}

function sum([first, ...more]: HubStats[]): HubStats {
  const total = { ...(first as HubStats), closes: { ...(first as HubStats).closes } }
  for (const { closes, subscribers, topics, published, delivered, bytes } of more) {
    total.subscribers += subscribers
    total.topics += topics
    total.published += published
    total.delivered += delivered
    total.bytes += bytes
    for (const reason of Object.keys(closes) as (keyof typeof closes)[]) total.closes[reason] += closes[reason]
  }
  return total
}
