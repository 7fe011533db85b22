/** What a server tells the page, and what its topics carry. */

/** What may be done to one server. `close` is all that a service without processes of its own can do: close its streams. */
export type Fault = 'crash' | 'freeze' | 'slow' | 'mute' | 'drain' | 'close'

/** A server of streams. */
export interface ServerConfig {
  name: string
  /** Where it listens, on the page's own host. Default the page's own origin. */
  port?: number
}

/** The answer to `GET /config.json`. */
export interface PageConfig {
  servers: readonly ServerConfig[]
  /** What the page subscribes to. */
  topics: readonly string[]
  faults: readonly Fault[]
  /** Who can cut the network: `relay` a process between page and servers, `client` only the page itself. */
  unplug: 'relay' | 'client'
  /** Who publishes the ticker: a server, or the page itself where no process stays. */
  ticker: 'server' | 'page'
}

/** Topics that the page shows from one server. */
export const pageTopics: readonly string[] = ['system', 'ticker', 'chat', 'news']

/** Topics that everybody may read. Each answer has one of its own, whose name cannot be guessed. */
export const publicTopics: readonly string[] = [...pageTopics, 'servers', 'answers/*']

/** Of topic `system`: how the machine is doing. */
export interface MachineSample {
  time: number
  /** Load averages of 1, 5 and 15 minutes. */
  load: number[]
  /** Per cent of all processors. */
  cpu: number
  /** Bytes. */
  memory: { used: number; total: number }
}

/** Of topic `ticker`: a price that walks at random. */
export interface Tick {
  /** Counts up by one with each tick, so that a reader can tell what it missed. */
  n: number
  /** Who counts: another one begins anew. */
  run: string
  time: number
  price: number
}

/** Of a topic below `answers/`: some of an answer. */
export interface AnswerPart {
  text: string
  /** The server that wrote it. */
  by: string
}

/** How a server's process is. */
export type ProcessState = 'starting' | 'running' | 'draining' | 'down'

/** Of topic `servers`: how all of them are, as their supervisor sees it. */
export interface FleetReport {
  time: number
  servers: readonly ServerReport[]
}

/** How a server is. */
export interface ServerReport {
  name: string
  state: ProcessState
  /** What is being done to it. */
  faults: readonly Fault[]
  /** The network between it and everybody is cut. */
  isUnplugged: boolean
  /** What it says of itself; undefined while it does not answer. */
  vitals?: Vitals | undefined
}

/** The answer of a server to `GET /vitals`. */
export interface Vitals {
  /** `Node 26.10.0`. */
  runtime: string
  /** Where its topics are kept. */
  engine: string
  /** Bytes of the process. */
  memory: number
  subscribers: number
}
