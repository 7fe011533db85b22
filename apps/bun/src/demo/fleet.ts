import type { Fault, FleetReport } from '@holdfast/demo/config'
import type { Hub } from '@holdfast/core/hub'
import { fair } from './relay.ts'
import type { StreamServer } from './stream-server.ts'

const lookEvery = 1_000
/** Who left a server frozen and went away finds it well again. */
const mendAfter = 20_000
const plugAfter = 10_000
const mostTries = 5
const betweenTries = 50
const writesWithin = 1_000

/** All stream servers: what is done to them, and what topic `servers` says of them. */
export class Fleet {
  readonly #servers: readonly StreamServer[]
  readonly #hub: Hub
  readonly #mending = new Map<StreamServer, ReturnType<typeof setTimeout>>()
  readonly #looking: ReturnType<typeof setInterval>
  #plugging: ReturnType<typeof setTimeout> | undefined
  #said = ''
  #isStopping = false

  constructor(servers: readonly StreamServer[], hub: Hub) {
    this.#servers = servers
    this.#hub = hub
    this.#looking = setInterval(() => void this.#look(), lookEvery)
  }

  /** @returns whether there is such a server */
  async inflict(index: number, fault: Fault): Promise<boolean> {
    const server = this.#servers[index]
    if (!server) return false
    if (fault === 'freeze' && !server.isFrozen) await this.#freeze(server)
    else server.inflict(fault)
    clearTimeout(this.#mending.get(server))
    if (server.report.faults.length > 0) {
      this.#mending.set(
        server,
        setTimeout(() => server.mend(), mendAfter),
      )
    }
    return true
  }

  /** Cut the network between pages and all servers, or mend it. */
  unplug(unplugged: boolean): void {
    clearTimeout(this.#plugging)
    for (const { relay } of this.#servers) relay.weather = { ...relay.weather, unplugged }
    if (unplugged) this.#plugging = setTimeout(() => this.unplug(false), plugAfter)
    this.tell()
  }

  /** Make all as it was. */
  mend(): void {
    this.unplug(false)
    for (const server of this.#servers) server.mend()
    for (const { relay } of this.#servers) relay.weather = fair
  }

  /** Tell how they are, where that has changed. */
  tell(): void {
    const servers = this.#servers.map(({ report }) => report)
    const said = JSON.stringify(servers)
    if (said === this.#said || this.#isStopping) return
    this.#said = said
    const report: FleetReport = { time: Date.now(), servers }
    this.#hub.publish('servers', { data: report }).catch((error: unknown) => console.error(String(error)))
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    clearInterval(this.#looking)
    clearTimeout(this.#plugging)
    for (const timer of this.#mending.values()) clearTimeout(timer)
    await Promise.all(this.#servers.map((server) => server.stop()))
  }

  // A process that is stopped while it writes to an SQLite file stops all that write to it: docs/engines-faults.md. The
  // servers write seldom and briefly, so that a second try finds one that does not.
  async #freeze(server: StreamServer): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      server.inflict('freeze')
      if (await this.#canWrite()) return
      server.inflict('freeze')
      await new Promise((resolve) => setTimeout(resolve, betweenTries))
    }
  }

  async #canWrite(): Promise<boolean> {
    const report: FleetReport = { time: Date.now(), servers: this.#servers.map(({ report }) => report) }
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), writesWithin))
    const written = this.#hub.publish('servers', { data: report }).then(
      () => true,
      () => false,
    )
    return Promise.race([written, late])
  }

  async #look(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.examine()))
    this.tell()
  }
}
