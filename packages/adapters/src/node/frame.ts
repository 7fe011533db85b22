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
  const frame = Buffer.allocUnsafe(start + chunk.byteLength + 2)
  frame.write(size, 'latin1')
  frame.writeUInt16BE(lineEnd, size.length)
  frame.set(chunk, start)
  frame.writeUInt16BE(lineEnd, start + chunk.byteLength)
  lastChunk = chunk
  lastFrame = frame
  return frame
}
