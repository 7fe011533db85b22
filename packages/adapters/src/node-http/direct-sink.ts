import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { chunkRoom, type Sink } from '@holdfast/core/adapter'
import { cutResponse, type Incoming, isHttp2, type Outgoing } from './cut.ts'
import { sendHead } from './head.ts'

// How long a client that is behind may take to read the end of its stream.
const lingerTimeout = 10_000

/**
 * Writes to Node's response, past the web streams: 0.6 of their CPU with one event a turn, a seventh with a hundred.
 *
 * The head leaves with the first byte, so a body that refuses to attach can still be served in another way.
 */
export class DirectSink implements Sink {
  onDrain: (() => void) | undefined
  onClose: ((error?: unknown) => void) | undefined
  /** Why the head could not be sent. */
  headError: Error | undefined
  readonly #outgoing: Held<Outgoing>
  /** None over HTTP/2, whose socket belongs to the session and throws once that is gone. */
  readonly #connection: Held<Socket> | undefined
  readonly #open: Set<DirectSink>
  #onOver: (() => void) | undefined
  #response: Response | undefined
  /** Where shared frames go: the connection, once this response has the turn on it and nothing stands in between. */
  #raw: Socket | undefined
  #over = false
  #linger: NodeJS.Timeout | undefined

  /** @param open - where it is kept from its head until it is over */
  constructor(incoming: Incoming, outgoing: Outgoing, response: Response, open: Set<DirectSink>) {
    this.#outgoing = outgoing
    this.#connection = isHttp2(outgoing) ? undefined : incoming.socket
    this.#response = response
    this.#open = open
  }

  /** Call back once the response is finished or its client is gone. */
  onceOver(callback: () => void): void {
    if (this.#over) callback()
    else this.#onOver = callback
  }

  /** Send the head, unless a first chunk has done so. */
  open(): void {
    const response = this.#response
    if (!response) return
    this.#response = undefined
    try {
      sendHead(this.#outgoing, response)
    } catch (error) {
      // The core takes what a sink throws for a client that left: nothing was sent, so the answer can still be another.
      this.#over = true
      this.headError = error as Error
      throw error
    }
    this.#listen()
  }

  write(chunk: Uint8Array): boolean {
    if (this.#response) {
      this.#cork()
      this.open()
    }
    return this.#write(chunk)
  }

  // The head leaves together with the first bytes, and with what this client has missed, where that is in memory and so
  // there before the tick is over: one call of the kernel for all.
  #cork(): void {
    const connection = this.#connection
    if (!connection) return
    connection.cork()
    process.nextTick(uncork, connection)
  }

  #write(chunk: Uint8Array): boolean {
    if (this.#over) return false
    // An empty chunk would be the terminator.
    if (chunk.byteLength === 0) return true
    if (this.#raw) return this.#raw.write(frameChunk(chunk)) || this.#awaitDrain(this.#raw)
    const outgoing = this.#outgoing as ServerResponse
    const hasRoom = outgoing.write(chunk)
    if (this.#isQueued()) return false
    return hasRoom || this.#awaitDrain(this.#connection ?? outgoing)
  }

  // Listened to while it is awaited only: most connections never are behind, and an idle one keeps its listeners.
  #awaitDrain(from: Socket | ServerResponse): false {
    from.once('drain', drained)
    return false
  }

  end(): void {
    this.open()
    if (this.#over) return
    // Node (26.10) takes a response that was ended for one that is over: a server that closes then destroys the connection
    // with what is still to be sent.
    if (this.#raw?.writableLength) this.#raw.write('', () => this.#outgoing.end())
    else this.#outgoing.end()
    if (this.#outgoing.writableLength === 0 && !this.#connection?.writableLength) return
    this.#linger = setTimeout(cutResponse, lingerTimeout, this.#outgoing).unref()
  }

  abort(): void {
    if (!this.#over) cutResponse(this.#outgoing)
  }

  /** End the response and tell the core that its client is gone, since the server is closing. */
  finish(): void {
    const tell = this.onClose
    this.end()
    tell?.()
  }

  #listen(): void {
    const outgoing = this.#outgoing as ServerResponse
    this.#open.add(this)
    this.#outgoing[sinkOf] = this
    outgoing.on('error', ignore)
    outgoing.on('close', closed)
    const connection = this.#connection
    if (!connection) return
    if (outgoing.socket) this.#takeTurn(connection)
    else this.#awaitTurn(connection)
  }

  #awaitTurn(connection: Held<Socket>): void {
    // A response that waits for its turn is not told when the connection closes (Node 26.10).
    const left = (): void => this.closed()
    connection.on('close', left)
    ;(this.#outgoing as ServerResponse).once('socket', () => {
      // What had been waiting is written after 'socket' was emitted: frames must not overtake it.
      process.nextTick(() => {
        connection.off('close', left)
        if (this.#over) return
        this.#takeTurn(connection)
        if (connection.writableNeedDrain) this.#awaitDrain(connection)
        else this.onDrain?.()
      })
    })
  }

  // Frames are written past the response only where it would do nothing else with them: HTTP/1.1's chunked coding, and
  // no middleware, such as Express' compression, that has put a `write` of its own on it.
  #takeTurn(connection: Held<Socket>): void {
    const outgoing = this.#outgoing as ServerResponse
    const plain = outgoing.chunkedEncoding && outgoing.write === ServerResponse.prototype.write
    if (plain) this.#raw = connection
    connection[sinkOf] = this
    connection.on('end', halfClosed)
  }

  /** Node ends a connection whose client has sent FIN, but a client that stalled before never takes the rest. */
  halfClosed(): void {
    const behind = (this.#connection?.writableLength ?? 0) > 0
    this.closed()
    if (behind) cutResponse(this.#outgoing)
  }

  /** 'close' follows 'finish' as well. The core has let go of this sink by then, so that `onClose` is unset. */
  closed(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#linger)
    this.#unlisten()
    this.#open.delete(this)
    this.#onOver?.()
    this.onClose?.()
  }

  // The connection outlives the response on keep-alive. 'error' stays: a late one must not end the process.
  #unlisten(): void {
    const outgoing = this.#outgoing as ServerResponse
    outgoing.off('close', closed).off('drain', drained)
    const connection = this.#connection
    // It may be another response's turn on it.
    if (!connection || connection[sinkOf] !== this) return
    connection[sinkOf] = undefined
    connection.off('drain', drained).off('end', halfClosed)
  }

  #isQueued(): boolean {
    return !isHttp2(this.#outgoing) && !this.#outgoing.socket
  }
}

/**
 * Whose response it is, and whose turn on a connection. So listeners are the same functions for all streams: arrows of each
 * sink's own would be kept by every idle connection.
 */
const sinkOf: unique symbol = Symbol('sink')

type Held<T> = T & { [sinkOf]?: DirectSink | undefined }

function drained(this: Held<Outgoing | Socket>): void {
  this[sinkOf]?.onDrain?.()
}

function halfClosed(this: Held<Socket>): void {
  this[sinkOf]?.halfClosed()
}

function closed(this: Held<Outgoing>): void {
  this[sinkOf]?.closed()
}

function uncork(connection: Socket): void {
  connection.uncork()
}

function ignore(): void {}

const lineEnd = 0x0d0a

let lastChunk: Uint8Array | undefined
let lastFrame: Buffer | undefined

/**
 * A chunk in HTTP/1.1's chunked coding (RFC 9112, section 7.1), framed once for all the clients that share it.
 *
 * Only the last one is kept: a flush hands the same chunk to subscriber after subscriber. The chunk must not be empty,
 * since an empty one ends the response.
 */
function frameChunk(chunk: Uint8Array): Buffer {
  if (chunk === lastChunk && lastFrame) return lastFrame
  const size = chunk.byteLength.toString(16)
  const start = size.length + 2
  const frame = hasRoom(chunk) ? frameInPlace(chunk, start) : frameCopy(chunk, start)
  frame.write(size, 'latin1')
  frame.writeUInt16BE(lineEnd, size.length)
  frame.writeUInt16BE(lineEnd, start + chunk.byteLength)
  lastChunk = chunk
  lastFrame = frame
  return frame
}

// The core leaves room around what it puts together; an event that goes out alone has none.
function hasRoom({ buffer, byteOffset, byteLength }: Uint8Array): boolean {
  return byteOffset === chunkRoom.before && buffer.byteLength === byteOffset + byteLength + chunkRoom.after
}

function frameInPlace({ buffer, byteOffset, byteLength }: Uint8Array, start: number): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset - start, start + byteLength + chunkRoom.after)
}

function frameCopy(chunk: Uint8Array, start: number): Buffer {
  const frame = Buffer.allocUnsafe(start + chunk.byteLength + chunkRoom.after)
  frame.set(chunk, start)
  return frame
}
