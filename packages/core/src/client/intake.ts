import type { ReceivedEvent } from '../wire/event.ts'
import { parsePositionId } from '../wire/position.ts'
import type { Coverage, Delivery, Verdict } from './delivery.ts'
import type { EntryQueue } from './queue.ts'

/** Takes what streams bring and passes on to the application what is new. */
export class Intake {
  readonly #delivery: Delivery
  readonly #queue: EntryQueue

  constructor(delivery: Delivery, queue: EntryQueue) {
    this.#delivery = delivery
    this.#queue = queue
  }

  /** @param delivers - whether this is the stream that counts where events cannot be compared */
  event(stream: Coverage, event: ReceivedEvent, ownId: boolean, delivers: boolean): Verdict {
    const delivery = this.#delivery
    const { id } = event
    const told = ownId && event.event === 'gap' ? delivery.gap(stream, id, event.data) : undefined
    if (told) return told
    const position = ownId ? parsePositionId(id) : undefined
    if (!position && !delivers) return 'drop'
    const verdict = ownId ? delivery.event(stream, id) : 'deliver'
    if (verdict === 'deliver') this.#pass(event, position?.advanced)
    return verdict
  }

  checkpoint(stream: Coverage, id: string, delivers: boolean): Verdict {
    const delivery = this.#delivery
    if (!delivers && !parsePositionId(id)) return 'drop'
    const before = delivery.lastEventId
    const verdict = delivery.checkpoint(stream, id)
    if (delivery.lastEventId !== before) this.#queue.push({ id: delivery.lastEventId })
    return verdict
  }

  #pass(event: ReceivedEvent, advanced: string | undefined): void {
    const id = this.#delivery.idAfter(advanced)
    const topic = advanced && this.#delivery.names.get(advanced)
    // Where streams overlap, an event's own id says where its stream is: this says what the application has.
    if (advanced) event.id = id
    this.#queue.push({ id, event: topic === undefined ? event : Object.assign(event, { topic }) })
  }
}
