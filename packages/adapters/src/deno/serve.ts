import type { NodeEnv } from '../node-http/types.ts'
import type { RunningServer, ServeOptions } from '../serve.ts'
import { checkServe } from '../serve-rules.ts'
import { checkRuntime } from '../wrong-runtime.ts'
import type { DenoServeInfo } from './types.ts'

/**
 * Serve a fetch handler on Deno, on its `node:http`: `Deno.serve` (2.9) closes no connection that is idle or slow, and none
 * of a client that stalls.
 *
 * It needs the package `@hono/node-server`, which is loaded here: whoever calls `Deno.serve` himself does without.
 *
 * A client that leaves is noticed in milliseconds; a stalled one is cut with its kernel queue, over HTTP/2 its stream.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} the port is none, or a timeout is out of range
 * @throws {WrongRuntimeError} this is not Deno
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<DenoServeInfo>): Promise<RunningServer> {
  checkRuntime('serve', 'Deno')
  checkServe(options)
  const { serveOnNodeHttp } = await import('../node-http/serve.ts')
  const { fetch } = options
  return serveOnNodeHttp((request, env) => fetch(request, infoOf(env)), options)
}

function infoOf({ incoming, outgoing }: NodeEnv): DenoServeInfo {
  const { remoteAddress = '', remotePort = 0 } = incoming.socket
  return {
    remoteAddr: { transport: 'tcp', hostname: remoteAddress, port: remotePort },
    get completed() {
      return new Promise<void>((resolve) => (outgoing.closed ? resolve() : outgoing.once('close', resolve)))
    },
  }
}
