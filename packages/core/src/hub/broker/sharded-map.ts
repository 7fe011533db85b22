const shards = 256

/**
 * Values by name, in many maps. V8 copies a map as a whole whenever it grows or shrinks past a power of two, which for one of
 * 300,000 topics takes 26 ms (Node 26); each of these has so few that it takes less than one.
 */
export class ShardedMap<Value> {
  readonly #shards: (Map<string, Value> | undefined)[] = []

  get(name: string): Value | undefined {
    return this.#shards[shardOf(name)]?.get(name)
  }

  set(name: string, value: Value): void {
    const shard = shardOf(name)
    const values = (this.#shards[shard] ??= new Map<string, Value>())
    values.set(name, value)
  }

  delete(name: string): void {
    this.#shards[shardOf(name)]?.delete(name)
  }

  clear(): void {
    this.#shards.length = 0
  }
}

// Names that strangers choose may all get into one: then it is a map like any other.
function shardOf(name: string): number {
  let hash = 0
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0
  return (hash >>> 0) % shards
}
