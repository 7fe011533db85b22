import { closeOnce } from '../close.ts'
import { listenAnywhere, listenFailed } from '../listen.ts'
import { defaultPort, type FetchHandler, type RunningServer, serverUrl, type ServeOptions } from '../serve.ts'
import { checkServe } from '../serve-rules.ts'
import { type ResolvedTimeouts, resolveTimeouts } from '../timeouts.ts'
import type { DirectSink } from './direct-sink.ts'
import { bunGlobal, type BunServer } from './types.ts'
import { type Answered, trackedFetch } from './wrap-fetch.ts'

/**
 * Serve a fetch handler on Bun.
 *
 * A client that leaves is noticed in milliseconds; a stalled one loses its connection at once.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} the port is none, or a timeout is out of range
 * @throws {WrongRuntimeError} this is not Bun
 * @throws {ListenFailedError} the port is taken, forbidden, or the TLS key is wrong
 */
export async function serve(options: ServeOptions<BunServer>): Promise<RunningServer> {
  const bun = bunGlobal('serve')
  checkServe(options)
  const { fetch, port = defaultPort, hostname, tls } = options
  const timeouts = resolveTimeouts(options.timeouts)
  const open = new Set<DirectSink>()
  const listen = (address: string): BunServer =>
    bun.serve({
      fetch: timedFetch(fetch, open, timeouts),
      port,
      hostname: address,
      idleTimeout: seconds(timeouts.idle),
      // In development Bun answers an error with a page that shows it, and prints every connection that is reset.
      development: false,
      // Else two servers share a port unless they are in development (Bun 1.4).
      reusePort: false,
      ...(tls && { tls: { key: tls.key, cert: tls.cert } }),
    })
  const server = await listenAnywhere(hostname, listen).catch((error: unknown) => {
    throw listenFailed(error, hostname, port)
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

// Bun (1.4) has one time for all that a connection waits for: what a request sets stays when it is over.
function timedFetch(
  fetch: FetchHandler<BunServer>,
  open: Set<DirectSink>,
  { body, idle }: ResolvedTimeouts,
): FetchHandler<BunServer> {
  const answered: Answered = (request, server) => server.timeout(request, seconds(idle))
  const tracked = trackedFetch(fetch, open, answered)
  return async (request, server) => {
    server.timeout(request, request.body === null ? 0 : seconds(body))
    try {
      return await tracked(request, server)
    } catch (error) {
      answered(request, server)
      throw error
    }
  }
}

// The most that Bun takes is 255.
function seconds(milliseconds: number): number {
  return Math.min(Math.ceil(milliseconds / 1_000), 255)
}
