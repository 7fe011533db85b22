import { toText } from './text.ts'

/** Which topic a wake-up means: it names the topic by its digest, since a name may be longer than a payload. */
export class TopicDigests {
  readonly #topics = new Map<string, { topic: string; users: number }>()

  topicOf(digest: string): string | undefined {
    return this.#topics.get(digest)?.topic
  }

  /** Know a topic until the function it resolves with is called. */
  async use(topic: string): Promise<() => void> {
    const digest = await digestOf(topic)
    const entry = this.#topics.get(digest) ?? { topic, users: 0 }
    this.#topics.set(digest, entry)
    entry.users++
    let isUsed = true
    return () => {
      if (isUsed && --entry.users === 0) this.#topics.delete(digest)
      isUsed = false
    }
  }
}

// As the function begin_topic makes it.
async function digestOf(topic: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(toText(topic)))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
