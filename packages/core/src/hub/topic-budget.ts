import { TopicsFullError } from './errors.ts'

// What a topic costs with its log in the memory broker, and a set of topics without them: of 50,000 topics with a set and a
// reader each, one took 6.6 KB, its reader included (Node 26). Names come on top, two bytes a character at most.
const [costOfTopic, costOfSet] = [4_096, 1_024]

/** What topics and sets of topics may take beside their events, in bytes: strangers may choose them. */
export class TopicBudget {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What they take, as far as it is known. */
  get bytes(): number {
    return this.#bytes
  }

  /** @throws {TopicsFullError} */
  take(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) throw new TopicsFullError(this.#maxBytes)
    this.#bytes += bytes
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}

export function topicCost(topic: string): number {
  return costOfTopic + 2 * topic.length
}

/** @param names - of all its topics */
export function setCost(names: string): number {
  return costOfSet + 2 * names.length
}
