import { closeOnce } from '../close.ts'
import { listenFailed } from '../listen-failed.ts'
import { defaultPort, type RunningServer, serverUrl, type ServeOptions } from '../serve.ts'
import type { WebSink } from '../web-sink.ts'
import { bunGlobal, type BunServeOptions, type BunServer } from './types.ts'
import { trackedFetch } from './wrap-fetch.ts'

// Event streams have their own. For every other request Bun's default of 10 s cuts a handler that thinks for longer.
const idleSeconds = 120

/**
 * Serve a fetch handler on Bun.
 *
 * A client that leaves is noticed in milliseconds; a stalled one loses its connection within 4 s of being closed.
 *
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<BunServer>): Promise<RunningServer> {
  const { fetch, port = defaultPort, hostname, tls } = options
  const open = new Set<WebSink>()
  const server = start({
    fetch: trackedFetch(fetch, open),
    port,
    hostname: hostname ?? '0.0.0.0',
    idleTimeout: idleSeconds,
    ...(tls && { tls: { key: tls.key, cert: tls.cert } }),
  })
  return {
    url: serverUrl(tls !== undefined, hostname, server.port ?? port),
    close: closeOnce({
      endStreams: () => open.forEach((sink) => sink.finish()),
      stop: () => server.stop(),
      force: () => void server.stop(true),
    }),
  }
}

function start(options: BunServeOptions): BunServer {
  try {
    return bunGlobal().serve(options)
  } catch (error) {
    throw listenFailed(error, options.hostname, options.port)
  }
}
