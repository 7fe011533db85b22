import { type FaultProxy, startFaultProxy } from '../fault-proxy/index.ts'

const hole = { up: { blackHole: true }, down: { blackHole: true } }

/** A server's way to its engine. */
export class Link implements AsyncDisposable {
  readonly #proxy: FaultProxy
  readonly #setDark: (isDark: boolean) => void

  private constructor(proxy: FaultProxy, setDark: (isDark: boolean) => void) {
    this.#proxy = proxy
    this.#setDark = setDark
  }

  static async to(port: number): Promise<Link> {
    let isDark = false
    const target = `http://127.0.0.1:${port}`
    const proxy = await startFaultProxy({ target, faults: () => (isDark ? hole : undefined) })
    return new Link(proxy, (dark) => void (isDark = dark))
  }

  /** Where the server finds its engine. */
  get address(): string {
    return `127.0.0.1:${this.#proxy.port}`
  }

  /** RST for all connections. New ones work. */
  cut(): void {
    for (const connection of this.#proxy.connections) connection.rst()
  }

  /** Swallow everything, that of new connections too, until the function that is returned is called: those of now stay dead. */
  darken(): () => void {
    this.#setDark(true)
    for (const connection of this.#proxy.connections) connection.blackHole()
    return () => this.#setDark(false)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#proxy.close()
  }
}
