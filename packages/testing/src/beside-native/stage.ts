import { type StreamServer, startServers } from '../client-contract/servers.ts'
import { Way } from '../client-contract/way.ts'
import { CollectingProxy } from '../proxies/collecting.ts'

const servers = 3
/** More than a hub's default, as in the random faults of `chaos`: what is found sooner is not found by heartbeats. */
const heartbeat = 10_000
const path = '/events?topic=even&topic=odd'

/** The servers of a round, and the ways to them. */
export class Stage {
  readonly #stack: AsyncDisposableStack
  readonly #lasting: readonly StreamServer[]
  readonly #mortal: readonly StreamServer[]
  #retired: Promise<void> | undefined

  private constructor(stack: AsyncDisposableStack, lasting: readonly StreamServer[], mortal: readonly StreamServer[]) {
    this.#stack = stack
    this.#lasting = lasting
    this.#mortal = mortal
  }

  /** Start the servers, which end with `stack`. */
  static async set(stack: AsyncDisposableStack, redisPort: number): Promise<Stage> {
    const [lasting, mortal] = await Promise.all([0, 1].map(() => startServers(stack, servers, redisPort, heartbeat)))
    return new Stage(stack, lasting ?? [], mortal ?? [])
  }

  /** Ways of a reader's own to so many servers. */
  async ways(count: number): Promise<Way[]> {
    const ways = await Promise.all(this.#lasting.slice(0, count).map(({ url }) => Way.to(url)))
    for (const way of ways) this.#stack.defer(() => way.proxy.close())
    return ways
  }

  /** The same, by proxies that can hold answers. */
  async collectingProxies(count: number): Promise<CollectingProxy[]> {
    const targets = this.#lasting.slice(0, count).map(({ url }) => Number(new URL(url).port))
    const proxies = await Promise.all(targets.map((target) => CollectingProxy.start(target)))
    for (const proxy of proxies) this.#stack.use(proxy)
    return proxies
  }

  /** Where the servers of the fleet that changes are now. */
  get fleet(): string[] {
    return (this.#retired ? this.#lasting : this.#mortal).map(({ url }) => url + path)
  }

  /** Its servers stop for good; others are there at other addresses. */
  retireFleet(): Promise<void> {
    return (this.#retired ??= Promise.all(this.#mortal.map((server) => server.kill())).then(() => {}))
  }
}

/** Where the events are, at a server or on a way to one. */
export function eventsAt({ url }: { url: string }): string {
  return url + path
}
