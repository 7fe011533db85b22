import { checkArgument } from '../check-options.ts'
import { membersOf } from '../option-rules.ts'

// By its shape: a request may be of another realm, or a framework's own class.
function isRequest(given: unknown): boolean {
  const { method, headers } = membersOf(given)
  return typeof method === 'string' && typeof membersOf(headers)['get'] === 'function'
}

/** What frameworks hand to a handler instead, and where the request is in it. */
function aRequest(given: unknown): string {
  if (isRequest(given)) return ''
  const { raw, req, request } = membersOf(given)
  if (isRequest(membersOf(req)['raw'])) return 'its req.raw'
  if (isRequest(req)) return 'its req'
  if (isRequest(request)) return 'its request'
  // What Express, Fastify and Koa hand on has Node's own in it.
  const isOfNode = [given, raw, req].some((each) => 'httpVersion' in membersOf(each))
  return isOfNode ? 'a Request: toNodeHandler() of @holdfast/adapters/node makes one of it' : 'a Request'
}

/** @throws {InvalidOptionError} it is no request of the web: the message tells how to come by one */
export function checkRequest(call: string, given: unknown): void {
  checkArgument(call, 'request', given, aRequest)
}
