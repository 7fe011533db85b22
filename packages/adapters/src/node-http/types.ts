import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/**
 * What a handler gets besides the request: Node's own objects, as Hono apps know them. Not by the types of
 * `@hono/node-server`, which do not compile without those of a browser.
 */
export type NodeEnv =
  | { incoming: IncomingMessage; outgoing: ServerResponse }
  | { incoming: Http2ServerRequest; outgoing: Http2ServerResponse }
