import { maxTopics, topicKey } from '../../wire/position.ts'

// So many sets of topics are remembered, each as large as an id can hold.
const maxNames = 4 * maxTopics

/** Characters, as many as a hub's topics have at most. A longer one goes by its key. */
const maxName = 1_024

/** The names of topics by key, as far as servers told them. */
export class TopicNames {
  readonly #names = new Map<string, string>()

  /** Learn names; more than an id can hold are none. @returns their keys */
  learn(topics: readonly string[]): string[] {
    return topics.slice(0, maxTopics).map((topic) => {
      const key = topicKey(topic)
      if (topic.length > maxName) return key
      this.#names.delete(key)
      this.#names.set(key, topic)
      if (this.#names.size > maxNames) this.#names.delete(this.#names.keys().next().value as string)
      return key
    })
  }

  of(key: string): string | undefined {
    return this.#names.get(key)
  }
}
