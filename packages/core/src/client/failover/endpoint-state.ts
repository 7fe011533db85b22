/** What is known of one URL. Its identity is the URL as it was given, whatever it redirects to. */
export class EndpointState {
  readonly url: string
  readonly host: string
  priority: number
  /** A typical time to the head of an answer, sensitive to peaks; 300 ms where nothing is known. */
  head: number | undefined
  /** What its head takes while nothing is wrong: a single slow one hardly changes it. */
  usualHead: number | undefined
  /** As its server says. */
  load: number = 0
  /** The smallest difference seen between this clock and the server's: the baseline of how late a stream is. */
  lateness: number = Infinity
  /** Failures, those of long ago counting less. */
  failures = 0
  failedAt: number = -Infinity
  /** Failures since it kept a stream for a good while. */
  failuresInARow = 0
  /** Answers in a row that were not waited for any longer. */
  hangs = 0
  /** Until when it had better not be asked. */
  avoidUntil = 0
  /** Until when it must not be asked. */
  barredUntil = 0
  /** Until when it has no stream for us. */
  refusedUntil = 0
  /** The server's `retry:`: how long it is left alone after a loss. */
  reconnectionTime = 0
  /** Since when it gives answers that it did not give before: undefined while it never brought a stream, or just did. */
  oddSince: number | undefined
  hasWorked = false
  /** A proxy on the way to it collects streams instead of passing them on. */
  isMuted = false
  /** When it was polled last to find that out. */
  polledAt: number = -Infinity
  /** How often in a row its log was older than what was seen, and since when. */
  staleCount = 0
  staleSince: number = Infinity

  constructor(url: string, host: string, priority: number) {
    this.url = url
    this.host = host
    this.priority = priority
  }
}
