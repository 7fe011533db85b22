import type { Hub } from '@holdfast/core/hub'
import type { StreamServer } from './stream-server.ts'

/** Answers that may not be over yet. */
const most = 8

/**
 * Has answers written by the stream servers: one writes, the others wait for it to die. A server that was started again
 * is told of those that are not over, so that it can take over as well.
 */
export class AnswerDesk {
  readonly #hub: Hub
  readonly #servers: () => readonly StreamServer[]
  readonly #open = new Map<string, string>()

  constructor(hub: Hub, servers: () => readonly StreamServer[]) {
    this.#hub = hub
    this.#servers = servers
  }

  /** @throws {Error} no server took it */
  async begin(topic: string, prompt: string): Promise<void> {
    this.#open.set(topic, prompt)
    for (const oldest of this.#open.keys()) if (this.#open.size > most) this.#open.delete(oldest)
    // One after the other, so that it is not always the fastest to start that writes.
    const order = this.#servers().toSorted(() => Math.random() - 0.5)
    const taken = await Promise.all(order.map((server) => give(server, topic, prompt)))
    if (!taken.includes(true)) throw new Error('No stream server took the question')
  }

  /** A server is there, for the first time or again. */
  async remind(server: StreamServer): Promise<void> {
    for (const [topic, prompt] of this.#open) {
      if ((await this.#hub.status(topic)) === 'running') await give(server, topic, prompt)
      else this.#open.delete(topic)
    }
  }
}

async function give(server: StreamServer, topic: string, prompt: string): Promise<boolean> {
  if (!server.isRunning) return false
  const response = await server.ask(`/${topic}`, { method: 'PUT', body: JSON.stringify({ prompt }) })
  return response?.ok === true
}
