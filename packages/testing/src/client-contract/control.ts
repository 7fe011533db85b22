import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Feed } from './feed.ts'
import type { FeedReport, FeedStatus } from './plan.ts'

const page = '<!doctype html><meta charset=utf-8><script type="module" src="/page.js"></script>'

type Route = (body: string, query: URLSearchParams) => unknown

/** What clients talk to besides the stream servers: gives them their plans, keeps their stores, takes their reports. */
export class Control implements AsyncDisposable {
  url = ''
  /** The script of `/page`. */
  script: Uint8Array = new Uint8Array()
  readonly #runs = new Map<string, Feed[]>()
  readonly #feeds = new Map<string, Feed>()
  readonly #stores = new Map<string, string>()
  readonly #routes = new Map<string, Route>()
  // A kept connection that closes just as a client uses it again is a broken request (Bun 1.4), and no subject of ours.
  readonly #server = createServer(
    { keepAliveTimeout: 600_000 },
    (request, response) => void this.#answer(request, response),
  )

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What the client of a run shall do. */
  plan(run: string, feeds: readonly Feed[]): void {
    this.#runs.set(run, [...feeds])
    for (const feed of feeds) this.#feeds.set(feed.plan.name, feed)
  }

  /** Answer a further path. */
  on(path: string, answer: Route): void {
    this.#routes.set(path, answer)
  }

  /** Resolves when every connection of a run has reported. */
  async reported(run: string): Promise<void> {
    await Promise.all((this.#runs.get(run) ?? []).map(({ report }) => report))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const body = Buffer.concat(await request.toArray()).toString()
    const name = searchParams.get('name') ?? ''
    const route = this.#routes.get(pathname)
    if (route) response.end(JSON.stringify((await route(body, searchParams)) ?? null))
    else if (pathname === '/page') response.setHeader('content-type', 'text/html').end(page)
    else if (pathname === '/page.js') response.setHeader('content-type', 'text/javascript').end(this.script)
    else if (pathname === '/plan')
      response.end(JSON.stringify((this.#runs.get(searchParams.get('run') ?? '') ?? []).map(({ plan }) => plan)))
    else if (pathname === '/store' && request.method === 'GET') response.end(this.#stores.get(name))
    else response.end(this.#take(pathname, name, body))
  }

  #take(pathname: string, store: string, body: string): undefined {
    if (pathname === '/store') this.#stores.set(store, body)
    if (pathname === '/status') {
      const status = JSON.parse(body) as FeedStatus
      this.#feeds.get(status.name)?.told(status)
    }
    if (pathname === '/report') {
      const report = JSON.parse(body) as FeedReport
      this.#feeds.get(report.name)?.reported(report)
    }
  }
}
