import type { Client } from './client.ts'
import { Pipe } from './pipe.ts'
import type { Server } from './server.ts'
import type { World } from './world.ts'

const synRetries = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000]

interface Path {
  client: Client
  server: Server
  roundTrip: number
  holed: boolean
  pipes: Set<Pipe>
}

interface Promised {
  resolve(response: Response): void
  reject(error: unknown): void
}

/** The paths between clients and servers, with what goes wrong on them. */
export class Network {
  readonly attempts: number[] = []
  /** Those of them that ask for a standby. */
  readonly standbys: number[] = []
  readonly #world: World
  readonly #servers: ReadonlyMap<string, Server>
  readonly #roundTrip: readonly [number, number]
  readonly #paths = new Map<string, Path>()
  readonly #swallowing = new Set<Server>()
  /** Servers that stand still, and what is to be asked of them when they go on. */
  readonly #stopped = new Map<Server, (() => void)[]>()

  constructor(world: World, servers: readonly Server[], roundTrip: readonly [number, number] = [20, 90]) {
    this.#roundTrip = roundTrip
    this.#world = world
    this.#servers = new Map(servers.map((server) => [server.name, server]))
  }

  /** The fetch of one client. */
  fetchOf(client: Client): typeof fetch {
    return (input, init = {}) =>
      new Promise((resolve, reject) => this.#fetch(client, new URL(String(input)), init, { resolve, reject }))
  }

  /** Let the paths to a server swallow everything, for all clients or some. */
  hole(server: Server, duration: number, concerns: (client: Client) => boolean = () => true): void {
    for (const path of this.#paths.values())
      if (path.server === server && concerns(path.client)) this.#setHole(path, true, duration)
    const after = this.#concerned
    this.#concerned = (client, other) => (other === server && concerns(client)) || after(client, other)
    this.#world.after(duration, () => {
      this.#concerned = after
      for (const path of this.#paths.values()) if (path.server === server) this.#setHole(path, false, duration)
    })
  }

  /** The machine of a server is gone without a word, and there again: its streams carry nothing any more, and never end. */
  forget(server: Server): void {
    for (const path of this.#pathsTo(server)) {
      for (const pipe of path.pipes) {
        pipe.holed = true
        path.client.strike(pipe)
      }
      path.pipes.clear()
    }
  }

  /** What is sent to a server gets lost, although it can be connected to, and what was open is dead for good. */
  swallow(server: Server, duration: number): void {
    this.forget(server)
    this.#swallowing.add(server)
    this.#world.after(duration, () => this.#swallowing.delete(server))
  }

  /** The process of a server is stopped: connections are made, and nothing comes of them until it goes on. */
  stop(server: Server, duration: number): void {
    const asked: (() => void)[] = []
    this.#stopped.set(server, asked)
    const pipes = this.#pathsTo(server).flatMap((path) => [...path.pipes])
    for (const pipe of pipes) pipe.holed = true
    this.#world.after(duration, () => {
      this.#stopped.delete(server)
      for (const { pipes: known } of this.#pathsTo(server)) for (const pipe of known) pipe.heal()
      for (const ask of asked) ask()
    })
  }

  #pathsTo(server: Server): Path[] {
    return [...this.#paths.values()].filter((path) => path.server === server)
  }

  #concerned: (client: Client, server: Server) => boolean = () => false

  #setHole(path: Path, holed: boolean, duration: number): void {
    path.holed = holed
    for (const pipe of path.pipes) {
      if (holed) {
        pipe.holed = true
        path.client.strike(pipe)
        continue
      }
      // TCP's own attempts became rare meanwhile: the next one is up to as late as the hole was long.
      const first = this.#world.between(200, 300)
      let next = first
      while (next < duration) next = 2 * next + first
      this.#world.after(next - duration, () => {
        if (pipe.ended) return
        pipe.heal()
        path.client.covered(pipe, true)
      })
    }
  }

  #path(client: Client, server: Server): Path {
    const key = `${client.name} ${server.name}`
    let path = this.#paths.get(key)
    if (!path) {
      const holed = this.#concerned(client, server)
      this.#paths.set(
        key,
        (path = { client, server, roundTrip: this.#world.between(...this.#roundTrip), holed, pipes: new Set() }),
      )
    }
    return path
  }

  #fetch(client: Client, url: URL, init: RequestInit, { resolve, reject }: Promised): void {
    const path = this.#path(client, this.#servers.get(url.host) as Server)
    const pipe = new Pipe(this.#world, path.roundTrip / 2)
    const signal = init.signal as AbortSignal
    const abort = (): void => {
      pipe.cancel(signal.reason)
      reject(signal.reason as Error)
    }
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)
    this.attempts.push(this.#world.now)
    if (url.searchParams.get('mode') === 'standby') this.standbys.push(this.#world.now)
    this.#knock(path, pipe, 0, (error) => {
      if (error) reject(error)
      else this.#ask(path, pipe, { url, headers: new Headers(init.headers) }, { resolve, reject })
    })
  }

  // A round trip for the connection, unless one is open already, and half of one for the request.
  #knock(path: Path, pipe: Pipe, retry: number, then: (error?: unknown) => void): void {
    if (pipe.ended) return
    if (path.holed) {
      const wait = synRetries[retry]
      if (wait === undefined) return then(new Error('Timed out'))
      this.#world.after(wait - (synRetries[retry - 1] ?? 0), () => this.#knock(path, pipe, retry + 1, then))
      return
    }
    const warm = [...path.pipes].some(({ ended }) => !ended)
    const { up } = path.server
    this.#world.after(up ? path.roundTrip * (warm ? 0.5 : 1.5) : path.roundTrip, () =>
      then(up && path.server.up ? undefined : new Error('Refused')),
    )
  }

  #ask(
    path: Path,
    pipe: Pipe,
    { url, headers: asked }: { url: URL; headers: Headers },
    { resolve, reject }: Promised,
  ): void {
    const { server, client } = path
    this.#world.after(server.think, () => {
      if (pipe.ended || this.#swallowing.has(server)) return
      const waiting = this.#stopped.get(server)
      if (waiting) return void waiting.push(() => this.#ask(path, pipe, { url, headers: asked }, { resolve, reject }))
      if (!server.up) return reject(new Error('Reset'))
      if (path.holed) return
      const { status, headers } = server.answer(url, asked, pipe, client.name)
      path.pipes.add(pipe)
      const full = url.searchParams.get('mode') !== 'standby'
      pipe.onEnd = () => {
        path.pipes.delete(pipe)
        client.covered(pipe, false)
      }
      this.#world.after(path.roundTrip / 2, () => {
        if (pipe.ended && status === 200) return reject(new Error('Reset'))
        if (status === 200 && full && !pipe.holed) client.covered(pipe, true)
        resolve({ status, headers: new Headers(headers), url: url.href, body: pipe.body } as Response)
      })
    })
  }

  /** Streams to this server carry nothing from now on, though clients hear of it later. */
  cut(server: Server): void {
    for (const { server: other, pipes, client } of this.#paths.values()) {
      if (other === server) for (const pipe of pipes) client.strike(pipe)
    }
  }
}
