import { Feed } from './feed.ts'
import type { FeedPlan } from './plan.ts'
import type { Publisher } from './publisher.ts'
import type { StreamServer } from './servers.ts'
import { Table } from './table.ts'
import { Way } from './way.ts'

/** Part of the contract: connections that are opened together, what happens to them, and what must have come of it. */
export interface Scene {
  /** The names of what must have come of it: each is a test of its own. */
  cases: readonly string[]
  /** Plan its connections. A case that is tried again has its scene played anew, on another stage. */
  prepare(stage: Stage): Promise<PreparedScene>
}

/** A scene on its stage. */
export interface PreparedScene {
  /** Opened by the first client process. */
  feeds: readonly Feed[]
  /** Do to them what the scene is about. */
  disturb(): Promise<void>
  /** By the case's name, asked once all clients are done. One fails by throwing. */
  checks: Readonly<Record<string, Check>>
}

export type Check = () => void | Promise<void>

/** The servers that scenes play with; nobody else plays with theirs. */
export interface Servers {
  /** Only their networks are bad. */
  calm: StreamServer[]
  /** To be killed. */
  mortal: StreamServer[]
  /** To be deployed anew. */
  deployed: StreamServer[]
  /** One, whose heartbeat is a hub's usual one. */
  patient: StreamServer[]
}

/** What scenes need. */
export class Stage implements AsyncDisposable {
  readonly servers: Servers
  readonly publisher: Publisher
  /** Start a second process of the client with these connections, and wait until it is done. */
  readonly launch: (run: string, feeds: readonly Feed[]) => Promise<void>
  readonly table: Table = new Table()
  /** What is to be closed once it is over. */
  readonly ended: AsyncDisposableStack = new AsyncDisposableStack()

  constructor(servers: Servers, publisher: Publisher, launch: Stage['launch']) {
    this.servers = servers
    this.publisher = publisher
    this.launch = launch
  }

  /** Plan a connection to some servers, by ways of its own. */
  async feed(
    servers: readonly Pick<StreamServer, 'url'>[],
    plan: Omit<FeedPlan, 'endpoints'>,
    path = '/events?topic=even&topic=odd',
  ): Promise<Feed> {
    const ways = await Promise.all(servers.map(({ url }) => Way.to(url)))
    for (const { proxy } of ways) this.ended.defer(() => proxy.close())
    return new Feed({ ...plan, endpoints: ways.map(({ url }) => `${url}${path}`) }, ways)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ended.disposeAsync()
  }
}
