import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'

/** Either protocol's request. */
export type Incoming = IncomingMessage | Http2ServerRequest

/** Either protocol's response. */
export type Outgoing = ServerResponse | Http2ServerResponse

const http2Cancel = 8

/** Whether a response is HTTP/2's. */
export function isHttp2(outgoing: Outgoing): outgoing is Http2ServerResponse {
  return 'stream' in outgoing && outgoing.stream !== undefined
}

/**
 * Cut a response off now and free what was queued for it.
 *
 * HTTP/2 loses the one stream: resetting its socket would take every other stream with it. A pipelined response that is
 * not at the head of its connection is dropped when its turn comes, for the same reason.
 */
export function cutResponse(outgoing: Outgoing): void {
  if (isHttp2(outgoing)) outgoing.stream.close(http2Cancel)
  else if (outgoing.socket) resetSocket(outgoing.socket)
  else outgoing.destroy()
}

/**
 * Reset a connection, so that the kernel forgets it together with its queue, about 4 MB for a client that stalls.
 * `destroy()` leaves that queue behind in FIN-WAIT-1, and `end()` waits for it for ever (Node 26.10).
 */
export function resetSocket(socket: Socket): void {
  // A TLSSocket refuses to reset (ERR_INVALID_HANDLE_TYPE, Node 26.10). The TCP socket under it does, but has no public
  // name.
  const transport = (socket as { _parent?: Socket | null })._parent ?? socket
  try {
    transport.resetAndDestroy()
  } catch {
    socket.destroy()
  }
}
