import { chunkRoom } from '@holdfast/core/adapter'

const lineEnd = 0x0d0a

let lastChunk: Uint8Array | undefined
let lastFrame: Buffer | undefined

/**
 * A chunk in HTTP/1.1's chunked coding (RFC 9112, section 7.1), framed once for all the clients that share it.
 *
 * Only the last one is kept: a flush hands the same chunk to subscriber after subscriber. The chunk must not be empty,
 * since an empty one ends the response.
 */
export function frameChunk(chunk: Uint8Array): Buffer {
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
