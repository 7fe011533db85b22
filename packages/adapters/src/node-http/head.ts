import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { isHttp2, type Outgoing } from './cut.ts'

// They belong to an HTTP/1 connection. Over HTTP/2 `transfer-encoding` crashes the process (Node 26.10).
const connectionHeaders = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']

/** Write the head and send it at once. Headers set on `outgoing` before, by Express for example, stay. */
export function sendHead(outgoing: Outgoing, response: Response): void {
  const headers = headersOf(response)
  if (isHttp2(outgoing)) {
    for (const name of connectionHeaders) delete headers[name]
  }
  // Both have `flushHeaders`, but Node's types know of one only.
  const http1 = outgoing as ServerResponse
  http1.writeHead(response.status, headers)
  http1.flushHeaders()
}

// Each Set-Cookie has a line of its own: joined with commas they cannot be told apart.
function headersOf(response: Response): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') headers[name] = value
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  return headers
}
