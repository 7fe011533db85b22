import { workspaceRoot } from '../launch.ts'
import { fromSource } from '../runtimes/commands.ts'
import type { ContractSubject } from './capabilities.ts'

const server = (name: string): string => `${workspaceRoot}packages/testing/src/contract/servers/${name}.ts`
const run = (name: keyof typeof fromSource) => ({ ...fromSource[name], args: [...fromSource[name].args, server(name)] })

/** Node 26 under @hono/node-server. */
export const node: ContractSubject = {
  name: 'node',
  ...run('node'),
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'gone', afterFin: 'gone' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    connections: 'ours',
    http2: true,
    shutdown: true,
  },
}

/** Bun 1.4. */
export const bun: ContractSubject = {
  name: 'bun',
  ...run('bun'),
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'gone', afterFin: 'orphaned' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    connections: 'ours',
    http2: false,
    shutdown: true,
  },
}

/** Deno 2.9, on its node:http. */
export const deno: ContractSubject = {
  name: 'deno',
  ...run('deno'),
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'gone', afterFin: 'gone' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    connections: 'ours',
    http2: true,
    shutdown: true,
  },
}

/** The servers that an application has without an adapter: Hono on @hono/node-server, `Bun.serve`, `Deno.serve`. */
export const plain: readonly ContractSubject[] = [node, bun, deno].map(({ args, ...contract }) => ({
  ...contract,
  args: [...args.slice(0, -1), server('plain')],
}))

/** workerd 1.2026, one plain Durable Object, as miniflare runs it. */
export const workerd: ContractSubject = {
  name: 'workerd',
  command: 'node',
  args: [server('workerd')],
  env: {
    WRANGLER_BUILD_CONDITIONS: '@holdfast/source,workerd,worker,browser,import',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  },
  capabilities: {
    leavingFound: 'write',
    halfClose: 'ignored',
    stalledSocket: { open: 'held', afterFin: 'held' },
    // Two sockets, and what workerd keeps between them: up to 32 MB seen on a busy machine.
    takenUnread: 40_000_000,
    sharedStreams: true,
    connections: 'platform',
    http2: false,
    shutdown: false,
  },
}

/** The same workerd, a Worker whose topics are Durable Objects: each stream belongs to a request, fed by a WebSocket. */
export const workerdHub: ContractSubject = {
  ...workerd,
  name: 'workerd, hub of Durable Objects',
  args: [...workerd.args, 'hub-worker'],
  capabilities: { ...workerd.capabilities, sharedStreams: false },
}
