import { setTimeout as wait } from 'node:timers/promises'
import { BrokerUnavailableError, type Hub } from '@holdfast/core/hub'

/** Reads a topic at a hub from its beginning, until the hub is closed, and notes what comes. */
export class Reader {
  readonly texts: string[] = []
  /** Why events are missing, and how many texts had come when that was told. */
  readonly gaps: { reason: string; after: number }[] = []

  constructor(hub: Hub, topic: string) {
    void this.#read(hub, topic)
  }

  // As a client does: it comes back, from where it was.
  async #read(hub: Hub, topic: string): Promise<void> {
    let lastEventId = 'earliest'
    for (;;) {
      try {
        for await (const { event, data, id } of hub.subscribe([topic], { lastEventId })) {
          lastEventId = id
          if (event !== 'gap') this.texts.push(data)
          else this.gaps.push({ reason: (JSON.parse(data) as { reason: string }).reason, after: this.texts.length })
        }
        return
      } catch (error) {
        if (!(error instanceof BrokerUnavailableError)) return
        await wait(50)
      }
    }
  }
}
