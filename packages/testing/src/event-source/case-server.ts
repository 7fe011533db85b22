import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Piece, Plan, SeenRequest } from './plan.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The server that the cases talk to: a request carries the plan by which it is answered, and asks later what was seen. */
export class CaseServer implements AsyncDisposable {
  readonly #server: Server
  readonly #seen = new Map<string, SeenRequest[]>()
  readonly #releases = new Map<string, () => void>()
  readonly #routes: Record<string, Handler>

  /** `routes` serves further paths, such as a page. */
  constructor(routes: Record<string, Handler> = {}) {
    this.#routes = { '/stream': this.#stream, '/seen': this.#tell, '/release': this.#release, ...routes }
    // A kept connection that closes just as a client uses it again is a broken request, and no subject of ours.
    this.#server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      const route = this.#routes[new URL(request.url ?? '', 'http://x').pathname]
      response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
      response.setHeader('access-control-allow-credentials', 'true')
      response.setHeader('access-control-allow-headers', 'last-event-id')
      if (request.method === 'OPTIONS') response.writeHead(204).end()
      else if (route) route(request, response)
      else response.writeHead(404).end()
    })
  }

  /** Listen on a free port of the loopback. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  readonly #tell: Handler = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(this.#seen.get(searchParams.get('name') ?? '') ?? []))
  }

  readonly #release: Handler = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    this.#releases.get(searchParams.get('name') ?? '')?.()
    response.end()
  }

  readonly #stream: Handler = (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    const name = searchParams.get('name') ?? ''
    const plan = JSON.parse(searchParams.get('plan') ?? '[{}]') as Plan
    const seen = this.#seen.get(name) ?? []
    this.#seen.set(name, seen)
    const headers = headersOf(request)
    const lastEventId = headers['last-event-id'] ?? searchParams.get('lastEventId') ?? undefined
    const entry: SeenRequest = { method: request.method ?? '', headers, lastEventId, at: performance.now() }
    response.once('close', () => (entry.closedAt = performance.now()))
    const released = new Promise<void>((resolve) => this.#releases.set(name, resolve))
    void answer(plan[Math.min(seen.push(entry), plan.length) - 1] ?? {}, response, released)
  }
}

function headersOf({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2)
    headers[name.toLowerCase()] = Buffer.from(value, 'latin1').toString('utf8')
  }
  return headers
}

async function answer(plan: Answer, response: ServerResponse, released: Promise<void>): Promise<void> {
  if (plan.instead === 'nothing') return
  if (plan.instead === 'reset') return void response.socket?.resetAndDestroy()
  response.socket?.setNoDelay(true)
  response.writeHead(plan.status ?? 200, plan.headers ?? { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  for (const piece of plan.body ?? []) {
    if (typeof piece === 'number') await wait(piece)
    else if (typeof piece === 'object' && 'until' in piece) await released
    else response.write(bytesOf(piece))
  }
  if (plan.after === 'reset') response.socket?.resetAndDestroy()
  if (plan.after === 'end') response.end()
}

function bytesOf(piece: Exclude<Piece, number | { until: string }>): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece)
  if ('bytes' in piece) return Buffer.from(piece.bytes)
  if ('repeat' in piece) return Buffer.from(piece.repeat.repeat(piece.times))
  let count = 0
  return Buffer.from(piece.numbered.repeat(piece.times).replaceAll('%', () => String(count++).padStart(8, '0')))
}
