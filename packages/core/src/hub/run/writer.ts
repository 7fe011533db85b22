import type { Deadline } from '../../fanout/deadlines.ts'
import type { BrokerEvent, StoredEvent } from '../broker/broker.ts'
import { RunSupersededError } from '../errors.ts'
import { asksToStop, type End, endMark, endOf, leaseMark, runEvent, type RunSign, signOf } from '../entries.ts'
import { renewal, type RunParts } from './parts.ts'
import { fillSlot, slotKey } from './slots.ts'

/**
 * The pen of a run: what this process stores of it, slot after slot, its lease while there is nothing else, and what it
 * hears about itself in the topic.
 */
export class RunWriter implements Deadline {
  readonly #parts: RunParts
  readonly #lost = new AbortController()
  readonly #stopped = new AbortController()
  readonly #leave: () => void
  #sign: RunSign
  #storedAt: number
  /** What is being stored; one at a time, since each slot follows from the one before. */
  #last: Promise<void> = Promise.resolve()
  #storing = 0
  #isEnding = false

  /** @param sign - of its newest slot, which this process has filled */
  constructor(parts: RunParts, sign: RunSign) {
    this.#parts = parts
    this.#sign = sign
    this.#storedAt = parts.environment.now()
    this.#leave = parts.subscription.observe({ onState: (stored) => this.#hear(stored) })
    if (sign.lease > 0) parts.wheel.set(this, this.#renewAt)
  }

  /** How many events of the run are stored, those of earlier attempts included. */
  get written(): number {
    return this.#sign.written
  }

  /** Aborted when the run is not this process's any more, or its lease could not be renewed; the reason says it. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Aborted when somebody wants the run stopped. */
  get stopped(): AbortSignal {
    return this.#stopped.signal
  }

  /** @throws {RunSupersededError} @throws {BrokerUnavailableError} */
  write(event: BrokerEvent): Promise<void> {
    return this.#store((sign) => runEvent(event, sign), 1)
  }

  /** Nothing more will come. @throws {RunSupersededError} @throws {BrokerUnavailableError} */
  end(how: End): Promise<void> {
    this.#isEnding = true
    return this.#store((sign) => endMark(how, sign), 0)
  }

  close(): void {
    this.#leave()
    this.#parts.wheel.remove(this)
  }

  expire(now: number): number {
    if (this.lost.aborted || this.#isEnding) return Infinity
    if (now < this.#renewAt) return this.#renewAt
    if (this.#storing === 0) this.#store(leaseMark, 0).catch((error: unknown) => this.#lost.abort(error))
    return now + this.#sign.lease * renewal
  }

  get #renewAt(): number {
    return this.#storedAt + this.#sign.lease * renewal
  }

  #store(eventOf: (sign: RunSign) => BrokerEvent, events: number): Promise<void> {
    this.#storing++
    const stored = this.#last.then(() => this.#fill(eventOf, events)).finally(() => this.#storing--)
    this.#last = stored.catch(() => {})
    return stored
  }

  async #fill(eventOf: (sign: RunSign) => BrokerEvent, events: number): Promise<void> {
    this.lost.throwIfAborted()
    const { log, environment: clock, closing: signal } = this.#parts
    const { slot, written, lease } = this.#sign
    const sign = { ...this.#sign, slot: slot + 1, written: written + events, at: clock.wallTime() }
    const filling = await fillSlot(log, eventOf(sign), slotKey(sign), { clock, patience: lease, signal })
    if (!filling.filled) throw this.#lose(filling.holder)
    this.#sign = sign
    this.#storedAt = clock.now()
  }

  #hear(stored: StoredEvent): void {
    const { id, attempt } = this.#sign
    if (asksToStop(stored, id)) this.#stopped.abort()
    const sign = signOf(stored)
    if (sign?.id !== id) return
    const endedByOther = endOf(stored) !== undefined && !this.#isEnding
    if (sign.attempt > attempt || endedByOther) this.#lose(stored)
  }

  #lose(to: StoredEvent | undefined): unknown {
    this.#lost.abort(new RunSupersededError(to && endOf(to)))
    return this.lost.reason
  }
}
