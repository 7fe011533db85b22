import type { Http2Bindings, HttpBindings } from '@hono/node-server'

/** What a handler gets besides the request: Node's own objects, as Hono apps know them. */
export type NodeEnv = HttpBindings | Http2Bindings
