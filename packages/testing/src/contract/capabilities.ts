import type { SocketFate } from './socket-fate.ts'

/** What differs between runtimes and is declared, never assumed: each claim and each disclaimer is tested. */
export interface Capabilities {
  /**
   * When a client that left is found. `write`: only when the runtime next writes to it, so by the heartbeat.
   */
  leavingFound: 'at once' | 'write'
  /** What a client's half-close means: `close` counts it as leaving, `ignored` goes on serving. */
  halfClose: 'close' | 'ignored'
  /** What becomes of the TCP connection of a client closed as `stalled`, beyond its place in the feed. */
  stalledSocket: {
    /** The client holds its socket open and never reads. */
    open: SocketFate
    /** It sent its FIN while it was stalled. */
    afterFin: SocketFate
  }
  /** The bytes that the kernel and the runtime take at most for a client that reads nothing: loopback alone takes 4.7 MB. */
  takenUnread: number
  /**
   * Whether one hub ends the streams of all requests. Not in a Worker: there it has but the stream of one request. And what
   * a source waits for when its client leaves never comes, because the request is over.
   */
  sharedStreams: boolean
  /** Who makes sense of a request's target and host, and closes connections that wait: the adapter's `serve`, or a platform. */
  connections: 'ours' | 'platform'
  /** Whether `tls` brings HTTP/2. */
  http2: boolean
  /** A server process of its own that shuts down on SIGTERM; a Worker has none. */
  shutdown: boolean
}

/** How one runtime's fixture server is started. */
export interface ContractSubject {
  /** The runtime's name. */
  name: string
  command: string
  args: readonly string[]
  env?: Record<string, string> | undefined
  capabilities: Capabilities
}
