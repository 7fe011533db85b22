import { connect, type ConnectionGap, type ConnectOptions, type Endpoints, type Status } from '@holdfast/core/client'
import type { TopicEvent } from '@holdfast/core/client'
import type { Answer, Piece, Plan, SeenRequest } from '../../event-source/plan.ts'

/** What an id may have to be kept and sent: longer ones are opaque. */
export const idBytes = 4_096

export const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** An answer that ends with its body. */
export const ends = (...body: Piece[]): Answer => ({ body, after: 'end' })

/** An answer that stays open. */
export const holds = (...body: Piece[]): Answer => ({ body })

/** What a server does that no server should, and what `connect()` makes of it. It fails by throwing. */
export interface HostileCase {
  name: string
  /** Asks how long it blocks, so nothing else may be at work. */
  alone?: boolean
  run(context: HostileContext): Promise<void>
}

/** The servers of a case. */
export interface HostileServers {
  /** Two servers that do as a plan in the URL says. */
  base: string
  otherBase: string
  /** A hub in a process of its own. */
  hub: string
  /** Another one, which one case may have started anew. */
  mortalHub: string
  /** Where to ask for that. */
  control: string
}

/** A stream of a planned server. */
export interface PlannedStream {
  url: string
  /** The requests for it so far. */
  seen(): Promise<SeenRequest[]>
}

/** What a case works with. What it opened is closed when it is over. */
export class HostileContext {
  readonly #servers: HostileServers
  readonly #followers: Follower[] = []

  constructor(servers: HostileServers) {
    this.#servers = servers
  }

  /** Let a server answer the requests for one stream as a plan says. @param other - of another host */
  plan(plan: Plan, other = false): PlannedStream {
    const base = other ? this.#servers.otherBase : this.#servers.base
    const name = Math.random().toString(36).slice(2)
    return {
      url: `${base}/stream?name=${name}&plan=${encodeURIComponent(JSON.stringify(plan))}`,
      seen: async () => (await (await fetch(`${base}/seen?name=${name}`)).json()) as SeenRequest[],
    }
  }

  /** A stream of the real hub. */
  hub(path: string): string {
    return this.#servers.hub + path
  }

  /** A stream of the hub that nobody else uses. */
  mortalHub(path: string): string {
    return this.#servers.mortalHub + path
  }

  /** Kill that hub's process and start it anew, with nothing of its history and another idea of the time. */
  async restartHub(clockOffset: number): Promise<void> {
    await (await fetch(`${this.#servers.control}/restart?offset=${clockOffset}`, { method: 'POST' })).text()
  }

  /** Connect, and keep what comes. */
  follow(endpoints: Endpoints, options: ConnectOptions = {}): Follower {
    const follower = new Follower(endpoints, options)
    this.#followers.push(follower)
    return follower
  }

  finish(): void {
    for (const follower of this.#followers) follower.close()
  }
}

/** A connection, and all that it told. */
export class Follower {
  readonly events: TopicEvent[] = []
  /** Each with the number of events that came before it. */
  readonly gaps: (ConnectionGap & { after: number })[] = []
  readonly statuses: Status[] = []
  /** `open`, `done`, or what the iteration threw. */
  end: unknown = 'open'
  readonly #connection
  #wakes: (() => void)[] = []

  constructor(endpoints: Endpoints, options: ConnectOptions) {
    this.#connection = connect(endpoints, {
      ...options,
      onGap: (gap) => {
        this.gaps.push({ ...gap, after: this.events.length })
        this.#wake()
      },
    })
    this.#connection.onStatus((status) => {
      this.statuses.push(status)
      this.#wake()
    })
    void this.#iterate()
  }

  get data(): string[] {
    return this.events.map(({ data }) => data)
  }

  get lastEventId(): string {
    return this.#connection.lastEventId
  }

  /** The limits that it told to be exceeded. */
  get limits(): string[] {
    return this.statuses.flatMap((status) => (status.state === 'limited' ? [status.limit] : []))
  }

  /** Wait until it is so. */
  async until(what: string, check: () => boolean, within = 15_000): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`Waited ${within} ms for ${what}, got ${this.#story()}`)), within)
    })
    const done = async (): Promise<void> => {
      while (!check()) await new Promise<void>((resolve) => this.#wakes.push(resolve))
    }
    await Promise.race([done(), late]).finally(() => clearTimeout(timer))
  }

  reconnect(): void {
    this.#connection.reconnect()
  }

  close(): void {
    this.#connection.close()
  }

  async #iterate(): Promise<void> {
    try {
      for await (const event of this.#connection) {
        this.events.push(event)
        this.#wake()
      }
      this.end = 'done'
    } catch (error) {
      this.end = error
    }
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#wakes.splice(0)) wake()
  }

  #story(): string {
    const data = this.data.slice(-30).map((each) => each.slice(0, 50))
    const statuses = this.statuses
      .slice(-30)
      .map((status) => ('reason' in status ? `${status.state}:${status.reason}` : status.state))
    return JSON.stringify({ end: String(this.end), data, gaps: this.gaps.slice(-5), statuses }).slice(0, 3_000)
  }
}
