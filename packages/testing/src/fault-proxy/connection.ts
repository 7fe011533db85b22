import type { Socket } from 'node:net'
import type { Cut, Direction, Fault, Side } from './fault.ts'
import { Pipe } from './pipe.ts'

/** One client's way through the proxy: two TCP connections and what is wrong between them. */
export class ProxiedConnection {
  /** 0 for the first connection the proxy accepted. */
  readonly index: number
  /** Resolves when both TCP connections are gone. */
  readonly closed: Promise<void>
  readonly #client: Socket
  readonly #target: Socket
  readonly #pipes: Record<Direction, Pipe>
  /** The sides whose loss is not told to the other one. */
  readonly #silent = new Set<Side>()

  constructor(index: number, client: Socket, target: Socket, fault: Fault) {
    this.index = index
    this.#client = client
    this.#target = target
    this.#pipes = {
      up: new Pipe(client, target, fault.up ?? {}, (cut) => this.#cut('up', cut)),
      down: new Pipe(target, client, fault.down ?? {}, (cut) => this.#cut('down', cut)),
    }
    this.closed = Promise.all([this.#watch('client'), this.#watch('target')]).then(() => {})
    this.set(fault)
  }

  /** Change what is wrong from now on; parts not mentioned stay. */
  set(fault: Fault): void {
    if (fault.up) this.#pipes.up.set(fault.up)
    if (fault.down) this.#pipes.down.set(fault.down)
  }

  /** Bytes read from the sender of a direction, and bytes handed on. */
  bytes(direction: Direction): { in: number; out: number } {
    const { bytesIn, bytesOut } = this.#pipes[direction]
    return { in: bytesIn, out: bytesOut }
  }

  /** Stop reading the sender of a direction until `resume`. */
  stall(direction: Direction): void {
    this.#pipes[direction].set({ stall: true })
  }

  /** Lift a stall; what waited arrives. */
  resume(direction: Direction): void {
    this.#pipes[direction].set({ stall: false })
  }

  /** Swallow everything from now on, FINs included, and keep both connections open. */
  blackHole(direction?: Direction): void {
    for (const each of direction ? [direction] : (['up', 'down'] as const)) this.#pipes[each].set({ blackHole: true })
  }

  /** End one direction with a FIN; the other goes on. */
  halfClose(direction: Direction): void {
    this.#pipes[direction].set({ blackHole: true })
    this.#receiver(direction).end()
  }

  /** End both directions with FINs. What was not handed on yet is lost. */
  fin(): void {
    this.halfClose('up')
    this.halfClose('down')
  }

  /** Reset both connections, or one of them (the other side then learns of it too). */
  rst(side?: Side): void {
    if (side !== 'target') this.#client.resetAndDestroy()
    if (side !== 'client') this.#target.resetAndDestroy()
  }

  /**
   * Let one side vanish as a machine that lost power does: its own connection is reset, the other side is told nothing
   * and what it sends is no longer read.
   */
  halfOpen(gone: Side): void {
    this.#silent.add(gone)
    this.#pipes.up.close()
    this.#pipes.down.close()
    const [lost, left] = gone === 'client' ? [this.#client, this.#target] : [this.#target, this.#client]
    left.pause()
    lost.resetAndDestroy()
  }

  /** Give everything back, now. */
  destroy(): void {
    this.#pipes.up.close()
    this.#pipes.down.close()
    this.#client.destroy()
    this.#target.destroy()
  }

  #receiver(direction: Direction): Socket {
    return direction === 'up' ? this.#target : this.#client
  }

  #cut(direction: Direction, cut: Cut): void {
    if (cut === 'rst') this.rst()
    else if (cut === 'fin') this.fin()
    else this.blackHole(direction)
  }

  #watch(side: Side): Promise<void> {
    const [socket, other] = side === 'client' ? [this.#client, this.#target] : [this.#target, this.#client]
    return new Promise((resolve) => {
      // The 'close' that follows carries on; without a listener the error would end the test process.
      socket.on('error', () => {})
      socket.on('close', (failed) => {
        resolve()
        if (this.#silent.has(side)) return
        // After FINs both ways what is still on its way may arrive late. Anything else is a reset, and is passed on.
        if (!failed && socket.readableEnded) return
        this.#pipes.up.close()
        this.#pipes.down.close()
        other.resetAndDestroy()
      })
    })
  }
}
