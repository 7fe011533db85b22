import { callSafely } from '@holdfast/core/adapter'
import { HoldfastError } from '@holdfast/core'

/** A message for another hub that is longer than {@link maxSignal}. */
export class SignalTooLargeError extends HoldfastError {
  readonly code = 'signal-too-large'
}

/** UTF-16 units of a message between hubs. */
const maxSignal = 65_536
/** A payload of NOTIFY has less than 8,000 bytes, and a unit takes up to 6 of them as JSON. */
const maxUnits = 1_300

/** A part of a message: its id, which part of how many, for whom, and the text. */
type Part = [id: string, index: number, count: number, hubId: string, text: string]

/**
 * A message as payloads of NOTIFY. They are sent by one statement, and so arrive together.
 *
 * @throws {SignalTooLargeError}
 */
export function toPayloads(hubId: string, text: string): string[] {
  const room = maxUnits - hubId.length
  if (text.length > maxSignal || room < 100)
    throw new SignalTooLargeError(`Cannot signal: ${text.length} characters for a hub of ${hubId.length} are too many`)
  const id = crypto.randomUUID()
  const count = Math.max(1, Math.ceil(text.length / room))
  return Array.from({ length: count }, (_, index) => {
    const part: Part = [id, index, count, hubId, text.slice(index * room, (index + 1) * room)]
    return JSON.stringify(part)
  })
}

/** Who hears what is sent between hubs. */
export class SignalReceivers {
  readonly #receivers = new Map<string, Set<(text: string) => void>>()
  /** Of the message that is arriving. */
  #parts: string[] = []
  #id = ''

  add(hubId: string, receive: (text: string) => void): () => void {
    // Its own object: one function may listen twice.
    const receiver = (text: string): void => receive(text)
    const receivers = this.#receivers.get(hubId) ?? new Set()
    this.#receivers.set(hubId, receivers.add(receiver))
    return () => {
      receivers.delete(receiver)
      if (receivers.size === 0 && this.#receivers.get(hubId) === receivers) this.#receivers.delete(hubId)
    }
  }

  /** A payload came. One that begins in the middle is of a message whose beginning was sent before anybody listened. */
  receive(payload: string): void {
    const [id, index, count, hubId, text] = JSON.parse(payload) as Part
    if (index === 0) [this.#id, this.#parts] = [id, []]
    if (id !== this.#id || index !== this.#parts.length) return
    this.#parts.push(text)
    if (this.#parts.length < count) return
    const whole = this.#parts.join('')
    this.#parts = []
    this.#tell(hubId, whole)
  }

  clear(): void {
    this.#receivers.clear()
  }

  #tell(hubId: string, text: string): void {
    const told = hubId === '*' ? [...this.#receivers.values()] : [this.#receivers.get(hubId) ?? []]
    for (const receivers of told) for (const receive of receivers) callSafely(receive, text)
  }
}
