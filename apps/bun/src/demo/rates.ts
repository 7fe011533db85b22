import type { Traffic } from './messages.ts'

/** What all stream servers together do in a second. */
export interface Rates {
  /** Events written to subscribers, a second. */
  events: number
  /** Bytes written to subscribers, a second. */
  bytes: number
  subscribers: number
}

/** A function that turns the servers' counters into rates since its last call. */
export function createRates(): (servers: readonly Traffic[]) => Rates {
  let before: readonly Traffic[] = []
  let at = performance.now()
  return (servers) => {
    const now = performance.now()
    const perSecond = 1000 / Math.max(now - at, 1)
    const grown = (counter: 'events' | 'bytes') =>
      Math.round(
        perSecond * sum(servers.map((server, index) => growth(server[counter], before[index]?.[counter] ?? 0))),
      )
    const rates = {
      events: grown('events'),
      bytes: grown('bytes'),
      subscribers: sum(servers.map((s) => s.subscribers)),
    }
    before = servers
    at = now
    return rates
  }
}

// A counter that fell belongs to a server that was started again and counts from 0.
function growth(now: number, before: number): number {
  return now < before ? now : now - before
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
