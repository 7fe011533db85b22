/** What is read of a server's `GET /stats`. */
export interface Stats {
  subscribers: number
  topics: number
  delivered: number
  bytes: number
  resumed: number
  replayed: number
  gaps: Record<string, number>
  refused: Record<string, number>
  closes: Record<string, number>
  load: number
  broker: { state: string }
}

const patience = 1_500

/** Ask a server; undefined where it does not answer in time. */
export async function askServer(origin: string, path: string, token: string): Promise<Response | undefined> {
  const headers = { authorization: `Bearer ${token}` }
  const signal = AbortSignal.timeout(patience)
  const response = await fetch(origin + path, { headers, signal }).catch(() => undefined)
  return response?.ok ? response : undefined
}

/** Counters of several servers as one. */
export function together(all: readonly Stats[]): Stats {
  const sum = (name: 'subscribers' | 'topics' | 'delivered' | 'bytes' | 'resumed' | 'replayed'): number =>
    all.reduce((total, stats) => total + stats[name], 0)
  const merge = (name: 'gaps' | 'refused' | 'closes'): Record<string, number> => {
    const merged: Record<string, number> = {}
    for (const stats of all) {
      for (const [key, count] of Object.entries(stats[name])) merged[key] = (merged[key] ?? 0) + count
    }
    return merged
  }
  return {
    subscribers: sum('subscribers'),
    // Of the same topics each server has its own subscription.
    topics: Math.max(0, ...all.map(({ topics }) => topics)),
    delivered: sum('delivered'),
    bytes: sum('bytes'),
    resumed: sum('resumed'),
    replayed: sum('replayed'),
    gaps: merge('gaps'),
    refused: merge('refused'),
    closes: merge('closes'),
    load: Math.max(0, ...all.map(({ load }) => load)),
    broker: { state: all.every(({ broker }) => broker.state === 'connected') ? 'connected' : 'lost' },
  }
}

/** Counted since the last look, by the second. A counter that fell belongs to a server that was started again. */
export function rate(now: number, before: number | undefined, milliseconds: number): number {
  if (before === undefined || milliseconds <= 0) return 0
  return (1_000 * (now < before ? now : now - before)) / milliseconds
}
