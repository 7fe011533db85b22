import type { Socket } from 'node:net'
import type { Cut, DirectionFault } from './fault.ts'

/** The bytes a direction holds at most while they are late; beyond that the sender feels it. */
const maxQueuedBytes = 256 * 1024
/** A throttled direction forwards in slices of this many a second, so that even slow is smooth. */
const slicesPerSecond = 20

interface Queued {
  /** Undefined is the sender's FIN, which keeps its place behind the bytes. */
  bytes: Buffer | undefined
  readAt: number
}

/** Carries bytes one way between two sockets and does what its fault says to them. */
export class Pipe {
  /** Bytes read from the sender. */
  bytesIn = 0
  /** Bytes handed to the receiver. */
  bytesOut = 0
  readonly #from: Socket
  readonly #to: Socket
  readonly #onCut: (cut: Cut) => void
  readonly #queue: Queued[] = []
  #fault: DirectionFault
  #queuedBytes = 0
  #timer: NodeJS.Timeout | undefined
  #throttledUntil = 0
  #awaitingDrain = false
  #closed = false

  constructor(from: Socket, to: Socket, fault: DirectionFault, onCut: (cut: Cut) => void) {
    this.#from = from
    this.#to = to
    this.#fault = fault
    this.#onCut = onCut
    from.on('data', (bytes: Buffer) => this.#receive(bytes))
    from.on('end', () => this.#enqueue(undefined))
    to.on('drain', () => {
      this.#awaitingDrain = false
      this.#pump()
    })
  }

  /** Merge into the present fault; `undefined` lifts a part of it. */
  set(fault: DirectionFault): void {
    this.#fault = { ...this.#fault, ...fault }
    if (this.#fault.blackHole) this.#discard()
    if ('bytesPerSecond' in fault) this.#throttledUntil = 0
    this.#pump()
  }

  /** Stop for good: no byte and no timer survives. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#discard()
  }

  #receive(bytes: Buffer): void {
    if (this.#closed) return
    this.bytesIn += bytes.length
    if (!this.#fault.blackHole) this.#enqueue(bytes)
  }

  #enqueue(bytes: Buffer | undefined): void {
    if (this.#closed || this.#fault.blackHole) return
    this.#queue.push({ bytes, readAt: performance.now() })
    this.#queuedBytes += bytes?.length ?? 0
    this.#pump()
  }

  #discard(): void {
    this.#queue.length = 0
    this.#queuedBytes = 0
  }

  #pump(): void {
    clearTimeout(this.#timer)
    while (!this.#closed && !this.#fault.stall && !this.#awaitingDrain && this.#queue.length > 0) {
      const dueAt = this.#queue[0]!.readAt + (this.#fault.latency ?? 0)
      const wait = Math.max(dueAt, this.#throttledUntil) - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(wait))
        break
      }
      this.#forward(this.#queue[0]!)
    }
    if (!this.#closed) this.#readOrNot()
  }

  #forward(head: Queued): void {
    if (head.bytes === undefined) {
      this.#queue.shift()
      this.#to.end()
      return
    }
    const { bytesPerSecond, cutAfter } = this.#fault
    const slice = bytesPerSecond === undefined ? Infinity : Math.max(1, Math.floor(bytesPerSecond / slicesPerSecond))
    const untilCut = cutAfter === undefined ? Infinity : Math.max(0, cutAfter - this.bytesOut)
    const bytes = head.bytes.subarray(0, Math.min(slice, untilCut))
    if (bytes.length === head.bytes.length) this.#queue.shift()
    else head.bytes = head.bytes.subarray(bytes.length)
    this.#queuedBytes -= bytes.length
    if (bytesPerSecond !== undefined) this.#throttledUntil = performance.now() + (bytes.length / bytesPerSecond) * 1000
    this.#write(bytes, bytes.length === untilCut ? (this.#fault.cut ?? 'rst') : undefined)
  }

  #write(bytes: Buffer, cut: Cut | undefined): void {
    this.bytesOut += bytes.length
    // Cut in the write's callback: a RST throws away what the kernel was not given yet, and N bytes must mean N.
    const written = cut && (() => this.#onCut(cut))
    if (cut) this.set({ cutAfter: undefined, blackHole: true })
    // A receiver that takes no more holds the sender back through #readOrNot, as a wire would.
    if (!this.#to.destroyed && !this.#to.write(bytes, written)) this.#awaitingDrain = true
  }

  #readOrNot(): void {
    const { stall, blackHole } = this.#fault
    const full = this.#awaitingDrain || this.#queuedBytes >= maxQueuedBytes
    if (stall || (full && !blackHole)) this.#from.pause()
    else this.#from.resume()
  }
}
