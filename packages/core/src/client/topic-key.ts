/** The key that stands for a topic in event IDs, as `topicKey` of the wire gives it, which is faster and takes more code. */
export function keyOf(topic: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(topic)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return (BigInt.asUintN(53, hash ^ (hash >> 53n)) % 36n ** 8n).toString(36).padStart(8, '0')
}
