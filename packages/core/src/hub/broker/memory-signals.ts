import { callSafely } from '../../report.ts'
import type { BrokerSignals } from './broker.ts'

/** What the hubs of one process tell each other. */
export class MemorySignals implements BrokerSignals {
  readonly #receivers = new Map<string, Set<(text: string) => void>>()

  send: BrokerSignals['send'] = async (hubId, text) => {
    const receivers =
      hubId === '*' ? [...this.#receivers.values()].flatMap((set) => [...set]) : this.#receivers.get(hubId)
    for (const receive of receivers ?? []) callSafely(receive, text)
  }

  listen: BrokerSignals['listen'] = async (hubId, receive) => {
    const receivers = this.#receivers.get(hubId) ?? new Set()
    this.#receivers.set(hubId, receivers.add(receive))
    return async () => {
      receivers.delete(receive)
      if (receivers.size === 0) this.#receivers.delete(hubId)
    }
  }

  /** Tell nobody any more. */
  close(): void {
    this.#receivers.clear()
  }
}
