import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { RedisServer } from './redis-server.ts'

const run = promisify(execFile)

/** Three primaries that share the slots. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[]

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes
  }

  static async start(path: string): Promise<RedisCluster> {
    const starting = Array.from({ length: 3 }, async () => {
      const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--cluster-port']
      return await RedisServer.start(path, { settings: [...settings, String(await freePort())] })
    })
    const cluster = new RedisCluster(await Promise.all(starting))
    const addresses = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`)
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    for (const node of cluster.nodes)
      while (!(await node.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await wait(50)
    return cluster
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url)
  }

  /** Move the slot of a key, with all that is in it, to another node. */
  async moveSlotOf(key: string): Promise<void> {
    const [any] = this.nodes as [RedisServer]
    const slot = await any.command('CLUSTER', 'KEYSLOT', key)
    const ids = await Promise.all(this.nodes.map((node) => node.command('CLUSTER', 'MYID')))
    const owners = await Promise.all(
      this.nodes.map(async (node) => ownsSlot(await node.command('CLUSTER', 'NODES'), slot)),
    )
    const from = owners.indexOf(true)
    const to = (from + 1) % this.nodes.length
    const [source, target] = [this.nodes[from], this.nodes[to]] as [RedisServer, RedisServer]
    await target.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] as string)
    await source.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] as string)
    // Somebody reads and writes while it is in between.
    await wait(100)
    const keys = (await source.command('CLUSTER', 'GETKEYSINSLOT', slot, '100')).split(',').filter(Boolean)
    if (keys.length > 0)
      await source.command('MIGRATE', '127.0.0.1', String(target.port), '', '0', '5000', 'KEYS', ...keys)
    await wait(100)
    for (const node of [target, source, ...this.nodes])
      await node.command('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] as string)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()))
  }
}

/** Whether the node that tells this has the slot. */
function ownsSlot(nodes: string, slot: string): boolean {
  const myself = nodes.split('\n').find((line) => line.includes('myself')) ?? ''
  return myself
    .split(' ')
    .slice(8)
    .some((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return Number(slot) >= first && Number(slot) <= last
    })
}
