/** The names of one topic in Redis. */
export interface TopicKeys {
  /** Epoch and head. */
  state: string
  stream: string
  /** Keys of publications, by the offset of their last event. */
  known: string
  /** Where wake-ups go. */
  channel: string
}

/** The braces make all of a topic live in one slot of a cluster: that is where its script runs. */
export function keysOf(prefix: string, topic: string): TopicKeys {
  // What ends the hash tag early, or leaves it empty, would scatter them.
  const tag = `${prefix}{${topic.replace(/[%}]/g, encodeURIComponent) || '%'}}`
  return { state: `${tag}:state`, stream: `${tag}:stream`, known: `${tag}:known`, channel: `${tag}:wake` }
}

/** Where messages for a hub go. No topic's channel ends like it. */
export function signalChannel(prefix: string, hubId: string): string {
  return `${prefix}{${hubId.replace(/[%}]/g, encodeURIComponent) || '%'}}:signal`
}
