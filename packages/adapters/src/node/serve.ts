import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { closeOnce } from '../close.ts'
import { listenFailed } from '../listen-failed.ts'
import { defaultPort, type RunningServer, serverUrl, type ServeOptions, type TlsOptions } from '../serve.ts'
import { Connections, type NodeServer } from './connections.ts'
import type { DirectSink } from './direct-sink.ts'
import { fallbackHost } from './to-node-handler.ts'
import type { NodeEnv } from './types.ts'
import { trackedFetch } from './wrap-fetch.ts'

type Listener = ReturnType<typeof getRequestListener>

/**
 * Serve a fetch handler on Node, event streams past the web streams. With `tls`, HTTP/2 and HTTP/1.1.
 *
 * A client that leaves is noticed in milliseconds; a stalled one is cut with its kernel queue, over HTTP/2 its stream.
 *
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<NodeEnv>): Promise<RunningServer> {
  const { fetch, port = defaultPort, hostname, tls } = options
  const open = new Set<DirectSink>()
  const listener = getRequestListener(trackedFetch(fetch, open), { hostname: fallbackHost })
  let server: NodeServer
  try {
    server = create(listener, tls)
    await listen(server, port, hostname)
  } catch (error) {
    throw listenFailed(error, hostname, port)
  }
  const connections = new Connections(server)
  return {
    url: serverUrl(tls !== undefined, hostname, (server.address() as AddressInfo).port),
    close: closeOnce({
      endStreams: () => open.forEach((sink) => sink.finish()),
      stop: () => connections.stop(),
      force: () => connections.force(),
    }),
  }
}

function create(listener: Listener, tls: TlsOptions | undefined): NodeServer {
  if (!tls) return createServer(listener)
  return createSecureServer({ key: tls.key, cert: tls.cert, allowHTTP1: true }, listener)
}

function listen(server: NodeServer, port: number, hostname: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
