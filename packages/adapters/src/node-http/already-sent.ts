import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/** What tells @hono/node-server that the response has been written. */
export const alreadySent: Response = withoutFastPath(RESPONSE_ALREADY_SENT)

// @hono/node-server replaces the global `Response` at the first request listener. Its constant, if it is imported after
// that, is of that class and has a fast path that writes a second head, which ends the process (2.1.8). Reading the body
// takes it off that path.
function withoutFastPath(response: Response): Response {
  return response.body === null ? response : new Response(null, response)
}
