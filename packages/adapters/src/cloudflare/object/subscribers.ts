import type { Position } from '@holdfast/core/hub'
import type { TopicHistory } from './history.ts'
import { type Control, formatBatch, leaseTime, type SocketOwner } from '../protocol.ts'
import type { Packed } from '../../packed.ts'

/** What an object knows of one WebSocket; kept with it while the object is out of memory. */
interface Attachment extends Position {
  /** `offset`: what it has been sent. */
  identity?: string | undefined
  /** When it came, in milliseconds since 1970. */
  since: number
}

// A message beside it costs more than the characters do, and a Worker reads it as a whole.
const messageSize = 262_144
const pageEvents = 1_000
const open = 1

/**
 * The subscribers of one object: hibernatable WebSockets, each with its position in its attachment.
 *
 * Nothing here holds the object in memory. After it was evicted the attachments are read back with the first batch, and
 * who was not sent everything gets the rest from the history; a Worker knows by the positions what it has already.
 */
export class Subscribers {
  readonly #ctx: DurableObjectState
  readonly #history: TopicHistory
  readonly #attachments = new WeakMap<WebSocket, Attachment>()
  #sweptAt = 0
  #size: number | undefined

  constructor(ctx: DurableObjectState, history: TopicHistory) {
    this.#ctx = ctx
    this.#history = history
  }

  /** About how many there are. Counted, since a list of all for each that comes makes 2,000 of them cost 2.5 ms each. */
  get size(): number {
    return (this.#size ??= this.#ctx.getWebSockets().length)
  }

  /** Take in a WebSocket; everything after the history's head is sent to it. */
  add(socket: WebSocket, { kind, identity }: SocketOwner, now: number): void {
    const attachment: Attachment = { ...this.#history.head, since: now }
    if (identity !== undefined) attachment.identity = identity
    // First, since it throws for an identity of more than 16 KB: no socket without one is among the others.
    this.#take(socket, attachment)
    const size = this.size + 1
    this.#ctx.acceptWebSocket(socket, [kind])
    this.#size = size
  }

  /** One has closed. */
  left(): void {
    this.#size = Math.max(0, this.size - 1)
  }

  /** Those that are open. */
  all(kind?: SocketOwner['kind']): WebSocket[] {
    return this.#ctx.getWebSockets(kind).filter(({ readyState }) => readyState === open)
  }

  /** Send each what it has not been sent of events that are stored. */
  send(packed: readonly Packed[]): void {
    const { epoch, offset: head } = this.#history.head
    const from = (packed[0]?.first ?? head + 1) - 1
    const messages = new Map<number, string[]>()
    const messagesAfter = (offset: number): string[] => {
      let found = messages.get(offset)
      if (!found)
        messages.set(
          offset,
          (found = toMessages(
            epoch,
            packed.filter(({ first }) => first > offset),
          )),
        )
      return found
    }
    const sockets = this.all()
    this.#size = sockets.length
    for (const socket of sockets) {
      orClosed(socket, () => {
        const attachment = this.#attachmentOf(socket)
        if (attachment.epoch === epoch && attachment.offset >= head) return
        const behind = attachment.epoch === epoch && attachment.offset < from
        const texts = behind
          ? this.#missedBy(attachment)
          : messagesAfter(attachment.epoch === epoch ? attachment.offset : from)
        for (const text of texts) socket.send(text)
        this.#take(socket, { ...attachment, epoch, offset: head })
      })
    }
  }

  /** Tell something that is no event to those of an identity, or to all. Returns how many. */
  tell(control: Control, kind?: SocketOwner['kind'], identity?: string): number {
    const text = JSON.stringify(control)
    const meant = this.all(kind).filter(
      (socket) => identity === undefined || this.#attachmentOf(socket).identity === identity,
    )
    return meant.filter((socket) => orClosed(socket, () => socket.send(text))).length
  }

  /** Close those whose Worker is silent; looks at most twice a lease. */
  sweep(now: number): void {
    if (now - this.#sweptAt < leaseTime / 2) return
    this.#sweptAt = now
    for (const socket of this.all()) {
      const heardAt = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? this.#attachmentOf(socket).since
      if (now - heardAt > leaseTime) socket.close(1001, 'lease expired')
    }
  }

  #missedBy({ epoch, offset }: Attachment): string[] {
    const texts: string[] = []
    for (let at = offset; ;) {
      const page = this.#history.packedAfter(at, pageEvents)
      const last = page.at(-1)
      if (!last) return texts
      texts.push(...toMessages(epoch, page))
      at = last.first + last.count - 1
    }
  }

  #attachmentOf(socket: WebSocket): Attachment {
    let attachment = this.#attachments.get(socket)
    if (!attachment) this.#attachments.set(socket, (attachment = socket.deserializeAttachment() as Attachment))
    return attachment
  }

  // For each message: not measurable beside what sending it costs (workerd 1.20261117), and the object can be evicted any time.
  #take(socket: WebSocket, attachment: Attachment): void {
    this.#attachments.set(socket, attachment)
    socket.serializeAttachment(attachment)
  }
}

function toMessages(epoch: number, packed: readonly Packed[]): string[] {
  const messages: string[] = []
  let part: Packed[] = []
  let size = 0
  for (const each of packed) {
    if (part.length > 0 && size + each.text.length > messageSize) {
      messages.push(formatBatch(epoch, part))
      part = []
      size = 0
    }
    part.push(each)
    size += each.text.length
  }
  if (part.length > 0) messages.push(formatBatch(epoch, part))
  return messages
}

// One that fails is closed: the others get theirs all the same, and its Worker reads the rest from the history.
function orClosed(socket: WebSocket, action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    socket.close(1011, 'cannot send')
    return false
  }
}
