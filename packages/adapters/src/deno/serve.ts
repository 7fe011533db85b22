import { closeOnce } from '../close.ts'
import { listenFailed } from '../listen-failed.ts'
import { defaultPort, type FetchHandler, type RunningServer, serverUrl, type ServeOptions } from '../serve.ts'
import type { WebSink } from '../web-sink.ts'
import { Requests } from './requests.ts'
import { denoGlobal, type DenoServeInfo, type DenoServeOptions, type DenoServer } from './types.ts'
import { trackedFetch } from './wrap-fetch.ts'

/**
 * Serve a fetch handler on Deno.
 *
 * A client that leaves is noticed in milliseconds. A stalled one is closed on time, but keeps its connection until it
 * reads on or leaves: see {@link wrapFetch}.
 *
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<DenoServeInfo>): Promise<RunningServer> {
  const { fetch, port = defaultPort, hostname, tls } = options
  const open = new Set<WebSink>()
  const abort = new AbortController()
  const listen: DenoServeOptions = {
    port,
    hostname: hostname ?? '0.0.0.0',
    signal: abort.signal,
    // The default prints a line.
    onListen: () => {},
    ...(tls && { key: tls.key, cert: tls.cert }),
  }
  const requests = new Requests()
  const server = start(listen, requests.counted(trackedFetch(fetch, open)))
  return {
    url: serverUrl(tls !== undefined, hostname, server.addr.port ?? port),
    close: closeOnce({
      endStreams: () => open.forEach((sink) => sink.finish()),
      stop: () => requests.finish().then(() => (abort.signal.aborted ? server.finished : server.shutdown())),
      // An abort after `shutdown` throws past every handler and ends the process (Deno 2.9), so that `shutdown` waits
      // until there is nothing to abort.
      force: () => {
        if (requests.busy) abort.abort()
      },
    }),
  }
}

function start(options: DenoServeOptions, handler: FetchHandler<DenoServeInfo>): DenoServer {
  try {
    return denoGlobal().serve(options, handler)
  } catch (error) {
    throw listenFailed(error, options.hostname, options.port)
  }
}
