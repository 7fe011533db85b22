import type { ConnectionGap } from '../types.ts'

export type GapReason = ConnectionGap['reason']

/** The event by which a hub says that something is missing. */
export const gapEvent = 'gap'

/** Read a hub's gap; undefined for somebody else's idea of one, which is an event like others. */
export function parseGap(data: string): Pick<ConnectionGap, 'reason' | 'topics'> | undefined {
  try {
    const { reason, topics } = JSON.parse(data) as Partial<ConnectionGap>
    if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) return undefined
    return isReason(reason) ? { reason, topics } : undefined
  } catch {
    return undefined
  }
}

function isReason(reason: unknown): reason is GapReason {
  return reason === 'trimmed' || reason === 'new-epoch' || reason === 'unknown-id'
}
