/** Where the service stops reading. */
export interface ServiceLimits {
  /** Bytes of one request body. Default 1 MiB. */
  bodyBytes?: number | undefined
  /** Milliseconds that a client may take to send its body. Default 10,000; `0` switches it off. */
  bodyTimeout?: number | undefined
  /** Topics of one subscription. Default 32, which is also the most. */
  topics?: number | undefined
  /** Characters of a topic's name, and of a publication's key. Default 256. */
  topicLength?: number | undefined
  /** Events of one publication. Default 100. */
  events?: number | undefined
  /**
   * Streams that one identity may have open at this service. Default no limit. One too many is turned away for a while;
   * nobody is evicted. Leave room for reconnecting: a client comes back before its old stream is known to be dead.
   *
   * Of streams that are counted, the hub's `onClose` is told, but not an `onClose` among its stream options.
   */
  streamsPerIdentity?: number | undefined
  /** The same for one address, which the service's option `address` finds. Default no limit. */
  streamsPerAddress?: number | undefined
}

/** Every limit, with its default filled in. */
export type ResolvedLimits = { [Limit in keyof ServiceLimits]-?: number }

const mostTopics = 32

/** Fill in the defaults. */
export function resolveLimits(limits: ServiceLimits = {}): ResolvedLimits {
  return {
    bodyBytes: limits.bodyBytes ?? 1024 * 1024,
    bodyTimeout: limits.bodyTimeout ?? 10_000,
    topics: Math.min(limits.topics ?? mostTopics, mostTopics),
    topicLength: limits.topicLength ?? 256,
    events: limits.events ?? 100,
    streamsPerIdentity: limits.streamsPerIdentity ?? Infinity,
    streamsPerAddress: limits.streamsPerAddress ?? Infinity,
  }
}
