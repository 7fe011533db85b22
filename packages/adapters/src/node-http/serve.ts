import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { closeOnce } from '../close.ts'
import { listenAnywhere, listenFailed } from '../listen.ts'
import { fallbackHost } from '../request-url.ts'
import {
  defaultPort,
  type FetchHandler,
  type RunningServer,
  serverUrl,
  type ServeOptions,
  type TlsOptions,
} from '../serve.ts'
import { type ResolvedTimeouts, resolveTimeouts } from '../timeouts.ts'
import { limitBody } from './body.ts'
import { Connections, type NodeServer } from './connections.ts'
import type { Incoming, Outgoing } from './cut.ts'
import type { DirectSink } from './direct-sink.ts'
import { hasUrl, refuse } from './target.ts'
import type { NodeEnv } from './types.ts'
import { trackedFetch } from './wrap-fetch.ts'

type Listener = (incoming: Incoming, outgoing: Outgoing) => void

/**
 * Serve a fetch handler on `node:http`, event streams past the web streams. With `tls`, HTTP/2 and HTTP/1.1.
 *
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serveOnNodeHttp(
  fetch: FetchHandler<NodeEnv>,
  { port = defaultPort, hostname, tls, timeouts: given }: ServeOptions<never>,
): Promise<RunningServer> {
  const timeouts = resolveTimeouts(given)
  const open = new Set<DirectSink>()
  let server: NodeServer
  try {
    server = create(listenerOf(trackedFetch(fetch, open), timeouts), tls, timeouts)
    await listenAnywhere(hostname, (address) => listen(server, port, address))
  } catch (error) {
    throw listenFailed(error, hostname, port)
  }
  const connections = new Connections(server, timeouts)
  return {
    url: serverUrl(tls !== undefined, hostname, (server.address() as AddressInfo).port),
    close: closeOnce({
      endStreams: () => open.forEach((sink) => sink.finish()),
      stop: () => connections.stop(),
      force: () => connections.force(),
    }),
  }
}

function listenerOf(fetch: FetchHandler<NodeEnv>, { body }: ResolvedTimeouts): Listener {
  const listener = getRequestListener(fetch, { hostname: fallbackHost })
  return (incoming, outgoing) => {
    if (!hasUrl(incoming)) return refuse(outgoing)
    limitBody(incoming, outgoing, body)
    void listener(incoming, outgoing)
  }
}

function create(listener: Listener, tls: TlsOptions | undefined, { head, idle }: ResolvedTimeouts): NodeServer {
  const timeouts = {
    headersTimeout: head,
    keepAliveTimeout: idle,
    // Of the whole request, also where its stream has begun: the time for a body is `limitBody`'s.
    requestTimeout: 0,
    connectionsCheckingInterval: checkEvery(head),
  }
  if (!tls) return createServer(timeouts, listener)
  // Of a connection that says nothing after TLS, nobody knows which protocol it will speak.
  const handshakeTimeout = head === 0 ? 2_147_483_647 : head
  return createSecureServer({ key: tls.key, cert: tls.cert, allowHTTP1: true, handshakeTimeout, ...timeouts }, listener)
}

// Node looks every 30 s unless told otherwise.
function checkEvery(head: number): number {
  return Math.min(Math.max(head / 8, 100), 5_000)
}

function listen(server: NodeServer, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
