import type { Link } from '../log/connection.ts'

/** A connection to Redis of the broker's own. */
export interface RedisLink extends Link {
  /**
   * Send one command.
   *
   * @param key - says which node of a cluster answers
   * @param signal - aborted, nobody waits for the answer any more
   */
  send(key: string, command: readonly string[], signal: AbortSignal): Promise<unknown>
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
}

/** What a link tells. */
export interface RedisLinkListener {
  onMessage(channel: string, text: string): void
  /** The link has ended by itself. */
  onLost(): void
}

/** Opens connections to where a client of the user's leads. That client itself is neither used nor closed. */
export interface RedisConnector {
  /** Whether pub/sub must be sharded: messages of a channel stay on the node of its slot. */
  readonly isCluster: boolean
  openLink(listener: RedisLinkListener, signal: AbortSignal): Promise<RedisLink>
}
