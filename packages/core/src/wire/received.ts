import type { ReceivedEvent } from './event.ts'

/** A dispatched event. A class, so that `json` costs nothing per event and is not among its own, writable fields. */
export class Received implements ReceivedEvent {
  declare readonly event: string
  declare readonly data: string
  declare readonly id: string

  constructor(event: string, data: string, id: string) {
    this.event = event
    this.data = data
    this.id = id
  }

  json<T = unknown>(): T {
    return JSON.parse(this.data) as T
  }
}
