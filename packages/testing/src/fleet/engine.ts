import type { Link } from './link.ts'

/** An engine that three servers share. */
export interface FleetEngine extends AsyncDisposable {
  /** Milliseconds within which a broker that it is away from refuses. */
  readonly deadline: number
  /** What the environment of a server says, so that it uses it. */
  variables(index: number): Record<string, string>
  /** What runs a server, where that is not to be run as usual. */
  readonly prefix?: readonly string[]
}

/** One that is a server itself, reached over the network. */
export interface NetworkEngine extends FleetEngine {
  /** One for each server. */
  readonly links: readonly Link[]
  /** kill -9. */
  kill(): Promise<void>
  start(): Promise<void>
  /** While it is down: let it forget everything. */
  wipe(): Promise<void>
  /** SIGSTOP, until the function that is returned is called. */
  freeze(): () => void
}
