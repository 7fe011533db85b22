/** Which way bytes flow: `up` from the client to the target, `down` from the target to the client. */
export type Direction = 'up' | 'down'

/** One of the two TCP connections behind a proxied one. */
export type Side = 'client' | 'target'

/** What happens to a connection when a direction's `cutAfter` is reached. */
export type Cut = 'fin' | 'rst' | 'black-hole'

/** What is wrong with one direction. All of it can change while the connection is live. */
export interface DirectionFault {
  /** Every byte arrives this many milliseconds late; order is kept. */
  latency?: number | undefined
  /** At most this many bytes a second. */
  bytesPerSecond?: number | undefined
  /** Forward exactly this many bytes, then do what `cut` says. */
  cutAfter?: number | undefined
  /** Default `rst`. */
  cut?: Cut | undefined
  /** Stop reading, so that the sender's TCP window fills. Nothing is lost: it goes on when this is lifted. */
  stall?: boolean | undefined
  /** Read and throw away, so that the sender believes it is heard. A FIN is swallowed too. */
  blackHole?: boolean | undefined
}

/** What is wrong with one connection. */
export interface Fault {
  up?: DirectionFault | undefined
  down?: DirectionFault | undefined
  /** Answer the client's connect with a RST and never dial the target. */
  refuse?: boolean | undefined
}
