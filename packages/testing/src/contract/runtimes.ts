import { workspaceRoot } from '../launch.ts'
import type { ContractSubject } from './capabilities.ts'

const server = (name: string): string => `${workspaceRoot}packages/testing/src/contract/servers/${name}.ts`
const source = '--conditions=@holdfast/source'

/** Node 26 under @hono/node-server. */
export const node: ContractSubject = {
  name: 'node',
  command: 'node',
  args: [source, server('node')],
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'gone', afterFin: 'gone' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    shutdown: true,
  },
}

/** Bun 1.4. */
export const bun: ContractSubject = {
  name: 'bun',
  command: 'bun',
  args: [source, server('bun')],
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'orphaned', afterFin: 'orphaned' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    shutdown: true,
  },
}

/** Deno 2.9. The binary itself, since its npm shim does not pass signals on. */
export const deno: ContractSubject = {
  name: 'deno',
  command: `${workspaceRoot}node_modules/deno/deno`,
  args: ['run', '-A', '--node-modules-dir=manual', source, server('deno')],
  env: { DENO_NO_UPDATE_CHECK: '1' },
  capabilities: {
    leavingFound: 'at once',
    halfClose: 'close',
    stalledSocket: { open: 'held', afterFin: 'held' },
    takenUnread: 16_000_000,
    sharedStreams: true,
    shutdown: true,
  },
}

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
