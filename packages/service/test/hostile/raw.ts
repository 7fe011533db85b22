import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { connect, type Socket } from 'node:net'
import { serve } from '@holdfast/adapters/node'
import { createHub, type Hub } from '@holdfast/core/hub'
import { createService, secret, type ServiceOptions } from '@holdfast/service'
import { expect, onTestFinished, vi } from 'vitest'
import { token } from '../service.ts'

/** A service on Node, with what a test needs to attack it and to see whether it stands. */
export interface Target {
  hub: Hub
  /** Where it listens. */
  url: string
  /** Open a connection and send bytes as they are. */
  send(bytes: string): Client
  /** Errors that the service had to report: none is the client's doing. */
  onError: ReturnType<typeof vi.fn>
}

/** Serve on a port of its own until the test ends, which fails if the service no longer answers then. */
export async function attack(options: Partial<ServiceOptions> = {}): Promise<Target> {
  const hub = createHub()
  const onError = vi.fn()
  const service = createService({ hub, auth: secret(token), onError, ...options })
  const server = await serve({ fetch: service.fetch, port: 0, hostname: '127.0.0.1' })
  onTestFinished(async () => {
    const alive = await fetch(`${server.url}/livez`).then(({ status }) => status, String)
    await server.close({ hub, within: 200 })
    expect(alive, 'The service no longer answers').toBe(200)
    expect(onError).not.toHaveBeenCalled()
  })
  return { hub, url: server.url, onError, send: (bytes) => new Client(server.url, bytes) }
}

/** The server's ends of the connections that it accepts from now on, until the test ends. */
export function acceptedSockets(): readonly Socket[] {
  const accepted: Socket[] = []
  const accept = (message: unknown): void => void accepted.push((message as { socket: Socket }).socket)
  subscribe('net.server.socket', accept)
  onTestFinished(() => void unsubscribe('net.server.socket', accept))
  return accepted
}

/** One TCP connection. */
export class Client {
  /** Everything received, each byte as one character. */
  received = ''
  /** The server has ended or cut the connection. */
  gone = false
  readonly socket: Socket

  constructor(url: string, bytes: string) {
    this.socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), allowHalfOpen: true })
    this.socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')))
    for (const event of ['end', 'error', 'close']) this.socket.on(event, () => (this.gone = true))
    this.socket.write(bytes, 'latin1')
    onTestFinished(() => void this.socket.destroy())
  }

  /** The statuses of the answers so far. */
  get statuses(): number[] {
    return [...this.received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
  }

  /** Wait until what came in matches. */
  async until(pattern: RegExp, timeout = 3000): Promise<string> {
    await vi.waitFor(() => expect(this.received).toMatch(pattern), { timeout, interval: 5 })
    return this.received
  }

  /** Wait for so many answers. */
  async answers(count = 1, timeout = 3000): Promise<number[]> {
    await vi.waitFor(() => expect(this.statuses.length).toBeGreaterThanOrEqual(count), { timeout, interval: 5 })
    return this.statuses
  }

  async untilGone(timeout = 3000): Promise<void> {
    await vi.waitFor(() => expect(this.gone).toBe(true), { timeout, interval: 5 })
  }
}

/** The head of a request with the secret. */
export function head(line: string, headers: Record<string, string> = {}): string {
  const all = { host: 'localhost', authorization: `Bearer ${token}`, ...headers }
  return `${line} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}

/** A request that publishes text. */
export function publish(path: string, body: string, headers: Record<string, string> = {}): string {
  const length = String(Buffer.byteLength(body, 'latin1'))
  return head(`POST ${path}`, { 'content-type': 'text/plain', 'content-length': length, ...headers }) + body
}
