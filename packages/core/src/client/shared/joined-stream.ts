import { encodeEvent } from '../../wire/encode.ts'
import { formatHint, type Hint } from '../../wire/hints.ts'
import { formatPositionId, parsePositionId, topicKey } from '../../wire/position.ts'
import type { ConnectionGap } from '../types.ts'
import type { Message, RelayedEvent, Seat } from './messages.ts'

/** Bytes that may wait for a tab that is slow. More, and it asks anew from where it is. */
const maxWaiting = 1_048_576
/** The silence that a tab may expect of its leader: two questions and their answers. */
const heartbeat = 5_000

const encoder = /* @__PURE__ */ new TextEncoder()

/** What one tab reads through the leader, written as the event stream that a server would have sent it. */
export class JoinedStream {
  readonly seat: string
  readonly leader: string
  readonly topics: readonly string[]
  readonly #onClose: () => void
  readonly #keys: readonly string[]
  #waiting: Uint8Array[] = []
  #size = 0
  #wake: (() => void) | undefined
  #end: { error?: TypeError } | undefined

  constructor(
    { seat, topics }: Seat,
    { leader, missed, id }: Extract<Message, { type: 'joined' }>,
    onClose: () => void,
  ) {
    this.seat = seat
    this.leader = leader
    this.topics = topics
    this.#keys = topics.map(topicKey)
    this.#onClose = onClose
    this.#hint({ heartbeat, ...(topics.length > 0 && { topics }) })
    for (const relayed of missed) this.#take(relayed)
    if (id) this.#push(encoder.encode(`id: ${id}\n\n`))
  }

  /** Something that its leader tells all. */
  hear(message: Extract<Message, { type: 'event' | 'gap' | 'over' | 'dissolved' }>): void {
    if (message.type === 'event') this.#take(message.relayed)
    else if (message.type === 'gap') this.#takeGap(message)
    else if (message.type === 'over') this.#over(message.end)
    else this.fail('its tab brings nothing any more')
  }

  /** The leader and its connection are well. */
  beat(): void {
    this.#hint({ heartbeat })
  }

  /** It brings nothing any more. */
  fail(reason: string): void {
    this.#finish({ error: new TypeError(`The stream shared by the tabs broke: ${reason}`) })
  }

  /** The next bytes; none at the end. @throws {TypeError} it broke */
  async next(): Promise<{ value?: Uint8Array | undefined }> {
    while (this.#waiting.length === 0 && !this.#end) await new Promise<void>((resolve) => (this.#wake = resolve))
    const value = this.#waiting.shift()
    this.#size -= value?.length ?? 0
    if (!value && this.#end?.error) throw this.#end.error
    return { value }
  }

  /** Nobody reads it any more. Idempotent. */
  close(): void {
    this.#waiting = []
    this.#finish({})
  }

  #take({ topic, event, data, id }: RelayedEvent): void {
    const isWanted = topic === undefined || this.topics.length === 0 || this.topics.includes(topic)
    if (isWanted) this.#push(encodeEvent({ event, data, id }))
  }

  #takeGap({ reason, topics, from, to }: ConnectionGap): void {
    const positions = [...(parsePositionId(to)?.positions ?? [])].filter(([key]) => this.#wants(key))
    if (positions.length === 0) return
    const id = formatPositionId(undefined, new Map(positions))
    // As a hub would have told it: what a client finds missing by itself is gone from the history, too.
    const said = reason === 'new-epoch' || reason === 'unknown-id' ? reason : 'trimmed'
    this.#push(encodeEvent({ event: 'gap', data: { reason: said, topics, from, to: id }, id }))
  }

  #over(end: 'done' | 'failed'): void {
    this.#hint({ end })
    this.#finish({})
  }

  #wants(key: string): boolean {
    return this.#keys.length === 0 || this.#keys.includes(key)
  }

  #hint(hint: Hint): void {
    this.#push(encoder.encode(formatHint(hint)))
  }

  #push(bytes: Uint8Array): void {
    if (this.#end) return
    this.#waiting.push(bytes)
    this.#size += bytes.length
    this.#wake?.()
    if (this.#size > maxWaiting) this.fail('this tab reads too slowly')
  }

  #finish(end: { error?: TypeError }): void {
    if (this.#end) return
    this.#end = end
    this.#wake?.()
    this.#onClose()
  }
}
