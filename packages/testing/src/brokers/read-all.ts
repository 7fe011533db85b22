import type { Broker, Position, StoredEvent } from '@holdfast/core/hub'

/** The whole history of a topic. */
export async function readAll(broker: Broker, topic: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = []
  let after: Position | 'earliest' = 'earliest'
  for (;;) {
    const page = await broker.read(topic, after, 500)
    events.push(...page.events)
    if (!page.more) return events
    after = page.events.at(-1)?.position ?? after
  }
}
