import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that holds every answer until it has ended, as long as it is told to. */
export class CollectingProxy implements AsyncDisposable {
  /** Whether answers pass as they come. One that is held once is held to its end. */
  passes = false
  readonly #target: number
  readonly #server = createServer((request, response) => this.#forward(request, response))

  private constructor(target: number) {
    this.#target = target
  }

  static async start(target: number): Promise<CollectingProxy> {
    const proxy = new CollectingProxy(target)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    let { passes } = this
    const { method, url, headers } = request
    const upstream = ask({ host: '127.0.0.1', port: this.#target, method, path: url, headers }, (answer) => {
      const chunks: Buffer[] = []
      const head = (): unknown => response.writeHead(answer.statusCode ?? 502, answer.headers)
      if (passes) head()
      answer.on('data', (chunk: Buffer) => {
        passes &&= this.passes
        void (passes ? response.write(chunk) : chunks.push(chunk))
      })
      answer.on('end', () => {
        if (!response.headersSent) head()
        response.end(Buffer.concat(chunks))
      })
      answer.on('error', () => response.destroy())
    })
    upstream.on('error', () => response.destroy())
    response.on('close', () => upstream.destroy())
    request.pipe(upstream)
  }
}
