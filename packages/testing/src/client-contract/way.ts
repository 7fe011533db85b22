import { setTimeout as wait } from 'node:timers/promises'
import { type Fault, type FaultProxy, type ProxiedConnection, startFaultProxy } from '../fault-proxy/index.ts'

/** One client's way to one server: a fault proxy of its own, so that what happens to it happens to nobody else. */
export class Way {
  /** The server's URL. */
  readonly target: string
  /** What is wrong with connections still to come. */
  fault: Fault | undefined
  readonly #live = new Set<ProxiedConnection>()
  #proxy: FaultProxy | undefined

  private constructor(target: string) {
    this.target = target
  }

  static async to(target: string): Promise<Way> {
    const way = new Way(target)
    way.#proxy = await startFaultProxy({ target, faults: (index) => way.#accepted(index) })
    return way
  }

  get proxy(): FaultProxy {
    if (!this.#proxy) throw new Error('The way is not open yet')
    return this.#proxy
  }

  get url(): string {
    return this.proxy.url
  }

  /** The connections that neither side has closed. */
  get live(): ProxiedConnection[] {
    return [...this.#live]
  }

  /** Bytes that came through from the server so far. */
  get received(): number {
    return this.proxy.connections.reduce((sum, connection) => sum + connection.bytes('down').out, 0)
  }

  /** Do something to every connection, those to come included. */
  set(fault: Fault | undefined, lifted?: Fault): void {
    this.fault = fault
    for (const connection of this.live) connection.set(fault ?? lifted ?? {})
  }

  /** Resolves when every connection there ever was is closed. */
  async empty(): Promise<void> {
    while (this.#live.size > 0) await Promise.all(this.live.map(({ closed }) => closed))
  }

  #accepted(index: number): Fault | undefined {
    // The proxy asks before it makes the connection.
    void this.#proxy?.connection(index).then((connection) => {
      this.#live.add(connection)
      void connection.closed.then(() => this.#live.delete(connection))
    })
    return this.fault
  }
}

/** The way by which most comes within so many milliseconds. */
export async function busiestOf(ways: readonly Way[], within: number): Promise<Way> {
  const before = ways.map(({ received }) => received)
  await wait(within)
  const grown = ways.map(({ received }, index) => received - (before[index] as number))
  return ways[grown.indexOf(Math.max(...grown))] as Way
}
