import { serveOnNodeHttp } from '../node-http/serve.ts'
import type { NodeEnv } from '../node-http/types.ts'
import { checkServe } from '../serve-rules.ts'
import type { RunningServer, ServeOptions } from '../serve.ts'
import { runtimeHere, wrongRuntime } from '../wrong-runtime.ts'

/**
 * Serve a fetch handler on Node, event streams past the web streams. With `tls`, HTTP/2 and HTTP/1.1.
 *
 * A client that leaves is noticed in milliseconds; a stalled one is cut with its kernel queue, over HTTP/2 its stream.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} the port is none, or a timeout is out of range
 * @throws {WrongRuntimeError} in a Worker of Cloudflare's
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<NodeEnv>): Promise<RunningServer> {
  // Bun and Deno have what it takes.
  if (runtimeHere() === 'Cloudflare Workers') throw wrongRuntime('serve', 'Node')
  checkServe(options)
  return serveOnNodeHttp(options.fetch, options)
}
