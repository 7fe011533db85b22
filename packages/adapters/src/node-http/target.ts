import type { ServerResponse } from 'node:http'
import { badRequestText, isHost } from '../request-url.ts'
import type { Incoming, Outgoing } from './cut.ts'

/**
 * Whether a request's target and host make a URL (RFC 9112, section 3.2). @hono/node-server takes the
 * first of two hosts, and refuses a scheme in capitals (2.1.8).
 */
export function hasUrl(incoming: Incoming): boolean {
  const { url: target = '' } = incoming
  const host = ('authority' in incoming && incoming.authority) || incoming.headers.host || ''
  if ((host !== '' && !isHost(host)) || hasTwoHosts(incoming.rawHeaders)) return false
  if (target.startsWith('/')) return true
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return false
  incoming.url = target.replace(/^https?/i, (scheme) => scheme.toLowerCase())
  return true
}

/** Answer a request that has no URL. */
export function refuse(outgoing: Outgoing): void {
  // Both have it, but Node's types know of no method that they share.
  const http1 = outgoing as ServerResponse
  http1.writeHead(400, { 'content-type': 'text/plain;charset=utf-8' })
  http1.end(badRequestText)
}

// Node takes the first and drops the others.
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}
