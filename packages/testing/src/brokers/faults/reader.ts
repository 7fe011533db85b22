import type { Hub } from '@holdfast/core/hub'

/** Reads a topic at a hub from its beginning, until the hub is closed, and notes what comes. */
export class Reader {
  readonly texts: string[] = []
  /** Why events are missing, and how many texts had come when that was told. */
  readonly gaps: { reason: string; after: number }[] = []

  constructor(hub: Hub, topic: string) {
    void this.#read(hub, topic)
  }

  async #read(hub: Hub, topic: string): Promise<void> {
    for await (const { event, data } of hub.subscribe([topic], { lastEventId: 'earliest' })) {
      if (event !== 'gap') this.texts.push(data)
      else this.gaps.push({ reason: (JSON.parse(data) as { reason: string }).reason, after: this.texts.length })
    }
  }
}
