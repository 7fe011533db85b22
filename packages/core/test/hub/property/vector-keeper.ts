import type { Gap } from '../../../src/hub/replay/gap.ts'
import type { ReceivedEvent } from '../../../src/wire/event.ts'
import { formatPositionId, parsePositionId, type Position, topicKey } from '../../../src/wire/position.ts'

/** What `connect()` does with ids that tell of one topic: it keeps the whole vector itself. */
export class VectorKeeper {
  readonly #positions = new Map<string, Position>()

  readonly #keys: ReadonlySet<string>

  constructor(topics: readonly string[], lastEventId: string) {
    this.#keys = new Set(topics.map(topicKey))
    this.whole(lastEventId)
  }

  /** The whole vector after an id. One that is no position stays as it is. */
  whole(id: string): string {
    const parsed = parsePositionId(id)
    if (!parsed) return id
    for (const [key, position] of parsed.positions) if (this.#keys.has(key)) this.#positions.set(key, position)
    return formatPositionId(parsed.advanced, this.#positions)
  }

  /** The event as one who keeps one id would have got it. */
  wholeEvent(event: ReceivedEvent): Pick<ReceivedEvent, 'event' | 'data' | 'id'> {
    if (event.event !== 'gap') return { event: event.event, data: event.data, id: this.whole(event.id) }
    const gap = JSON.parse(event.data) as Gap
    const from = this.whole(gap.from)
    const id = this.whole(event.id)
    return { event: 'gap', data: JSON.stringify({ ...gap, from, to: this.whole(gap.to) }), id }
  }
}
