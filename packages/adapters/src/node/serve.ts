import { serveOnNodeHttp } from '../node-http/serve.ts'
import type { NodeEnv } from '../node-http/types.ts'
import type { RunningServer, ServeOptions } from '../serve.ts'

/**
 * Serve a fetch handler on Node, event streams past the web streams. With `tls`, HTTP/2 and HTTP/1.1.
 *
 * A client that leaves is noticed in milliseconds; a stalled one is cut with its kernel queue, over HTTP/2 its stream.
 *
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 * @throws {RangeError} a timeout is out of range
 */
export function serve(options: ServeOptions<NodeEnv>): Promise<RunningServer> {
  return serveOnNodeHttp(options.fetch, options)
}
