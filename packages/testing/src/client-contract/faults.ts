import type { Way } from './way.ts'

/** What happens to the way by which a client gets its events. */
export interface NetworkFault {
  name: string
  /** How long it lasts, where it is no single blow. */
  lasts?: number
  /** How often it happens to each connection. Default 2. */
  cuts?: number
  /** A longer interruption, in milliseconds, is a failure. Default 20,000: no machine is too slow for that. */
  most?: number
  strike(way: Way): void
  lift?(way: Way): Promise<void> | void
}

const blackHole = { up: { blackHole: true }, down: { blackHole: true } }

/** Where only the rhythm of a stream tells that it is dead: its heartbeat of 10 s would take 13. */
export const silentFault: NetworkFault = {
  name: 'black hole, heartbeat of 10 s',
  lasts: 12_000,
  cuts: 1,
  most: 10_000,
  strike: (way) => way.set(blackHole),
  lift: (way) => void (way.fault = undefined),
}

export const networkFaults: readonly NetworkFault[] = [
  { name: 'RST', strike: (way) => way.live.forEach((connection) => connection.rst()) },
  { name: 'FIN', strike: (way) => way.live.forEach((connection) => connection.fin()) },
  // The server is gone without a word, and so is this connection; another one can be made.
  { name: 'half-open', strike: (way) => way.live.forEach((connection) => connection.halfOpen('target')) },
  // Nothing comes through any more, new connections included.
  {
    name: 'black hole',
    lasts: 3_000,
    strike: (way) => way.set(blackHole),
    lift: (way) => void (way.fault = undefined),
  },
  {
    name: 'refusal',
    lasts: 3_000,
    strike(way) {
      way.proxy.stopListening()
      for (const connection of way.live) connection.rst()
    },
    lift: (way) => way.proxy.listen(),
  },
  // A third of what the events need. A client moves away once in 30 s at most, so it is struck once.
  {
    name: 'slow link',
    lasts: 8_000,
    cuts: 1,
    strike: (way) => way.set({ down: { bytesPerSecond: 800 } }),
    lift: (way) => way.set(undefined, { down: { bytesPerSecond: undefined } }),
  },
]
