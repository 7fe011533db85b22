import type { Way } from '../client-contract/way.ts'

/** Something that the proxy does to a client's connections. */
export interface OracleFault {
  name: string
  /** Nobody is told: only a client that waits no longer for bytes finds out. */
  isSilent?: boolean
  strike(way: Way): void
  /** After three seconds. */
  lift?(way: Way): unknown
}

/** The proxy's ten. */
export const oracleFaults: readonly OracleFault[] = [
  { name: 'RST', strike: (way) => way.live.forEach((connection) => connection.rst()) },
  { name: 'FIN', strike: (way) => way.live.forEach((connection) => connection.fin()) },
  { name: 'half-close', strike: (way) => way.live.forEach((connection) => connection.halfClose('down')) },
  { name: 'cut inside an event', strike: (way) => cutSoon(way) },
  {
    name: 'half-open',
    isSilent: true,
    strike: (way) => way.live.forEach((connection) => connection.halfOpen('target')),
  },
  {
    name: 'black hole',
    isSilent: true,
    strike: (way) => way.set({ up: { blackHole: true }, down: { blackHole: true } }),
    lift: (way) => (way.fault = undefined),
  },
  {
    name: 'refusal',
    strike(way) {
      way.proxy.stopListening()
      for (const connection of way.live) connection.rst()
    },
    lift: (way) => way.proxy.listen(),
  },
  {
    name: 'stall',
    strike: (way) => way.set({ down: { stall: true } }),
    lift: (way) => way.set(undefined, { down: { stall: false } }),
  },
  {
    name: 'latency',
    strike: (way) => way.set({ down: { latency: 300 } }),
    lift: (way) => way.set(undefined, { down: { latency: 0 } }),
  },
  {
    name: 'slow link',
    strike: (way) => way.set({ down: { bytesPerSecond: 500 } }),
    lift: (way) => way.set(undefined, { down: { bytesPerSecond: undefined } }),
  },
]

// An event is some 50 bytes: this is in the middle of one.
function cutSoon(way: Way): void {
  for (const connection of way.live) connection.set({ down: { cutAfter: connection.bytes('down').out + 75 } })
}
