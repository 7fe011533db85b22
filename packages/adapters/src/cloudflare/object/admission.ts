import { queryOf } from '@holdfast/core/adapter'
import type { TopicHistory } from './history.ts'
import { type Hello, helloHeader, parseBatch, type SocketOwner, toHeader } from '../protocol.ts'
import type { Subscribers } from './subscribers.ts'

// The platform takes 32,768 hibernatable WebSockets an object.
const mostSubscribers = 32_000
// A header holds it; what is longer is asked for.
const longestHello = 2_048

/** Answer a request to subscribe: its WebSocket, and where the topic is. */
export function admit(request: Request, subscribers: Subscribers, history: TopicHistory): Response {
  if (request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 426 })
  if (subscribers.size >= mostSubscribers) return new Response(null, { status: 503 })
  const query = queryOf(request)
  const kind = query.get('kind') as SocketOwner['kind']
  // On a line come no events, so it leaves nothing in storage.
  if (kind !== 'line') history.open()
  const { 0: client, 1: server } = new WebSocketPair()
  subscribers.add(server, { kind, identity: query.get('identity') ?? undefined }, Date.now())
  return new Response(null, { status: 101, webSocket: client, headers: { [helloHeader]: toHeader(helloOf(history)) } })
}

function helloOf(history: TopicHistory): Hello {
  const { head } = history
  const [packed] = history.packedAfter(head.offset - 1, 1)
  if (!packed || packed.text.length > longestHello) return { head }
  return { head, last: parseBatch(`[${head.epoch},${packed.first},${packed.text}]`)[0] }
}
