/** A runtime as the workspace has it, under the name of its package. */
export type ExampleRuntime = 'node' | 'bun' | 'deno' | 'wrangler'

/** A folder of `examples/`, and what is known of its host beforehand. */
export interface Example {
  /** The folder's name. */
  name: string
  title: string
  runtime: ExampleRuntime
  /** Of which the table shows the versions. */
  packages: readonly string[]
  /** Small enough for every `npm test`: nothing to build, and its tools are those of the workspace. */
  light: boolean
  /** A plain answer that is compressed, where the framework has a compression of its own. */
  compresses?: string
  /** Who reads by `connect()`: a script of the example, or its page in a browser. */
  client: 'script' | 'page'
  /**
   * Who cuts a reader that stalls. `hub`, as `stalled`; `host`, whose own idle timeout is about as long, so that either
   * may come first; `nobody`, since the host takes everything for a client that reads nothing.
   */
  cutBy: 'hub' | 'host' | 'nobody'
  /** `writing`: its host knows that a client has left when something is written to it, if only a heartbeat. Default at once. */
  leavingFoundBy?: 'writing'
  /** Its host writes an error into the log for a reader that is cut, since it stalls. */
  tellsOfStalls?: boolean
  /** How its server is told a port, where not by `PORT`. */
  portArgument?: string
}

const script = { light: true, client: 'script', cutBy: 'hub' } as const
const page = { light: false, client: 'page', cutBy: 'hub', runtime: 'node' } as const
const history = '/rooms/lobby/history'

/** In the order of the table. */
export const examples: readonly Example[] = [
  {
    ...script,
    name: 'hono-node',
    title: 'Hono on Node',
    runtime: 'node',
    packages: ['hono', '@hono/node-server'],
    compresses: history,
    tellsOfStalls: true,
  },
  {
    ...script,
    name: 'hono-bun',
    title: 'Hono on Bun',
    runtime: 'bun',
    packages: ['hono'],
    compresses: history,
    cutBy: 'host',
  },
  {
    ...script,
    name: 'hono-deno',
    title: 'Hono on Deno',
    runtime: 'deno',
    packages: ['hono'],
    compresses: history,
    tellsOfStalls: true,
  },
  {
    ...script,
    name: 'hono-workers',
    title: 'Hono on workerd',
    runtime: 'wrangler',
    packages: ['hono'],
    leavingFoundBy: 'writing',
    tellsOfStalls: true,
    portArgument: '--port',
  },
  { ...script, name: 'node-http', title: '`node:http`', runtime: 'node', packages: [] },
  { ...script, name: 'express', title: 'Express', runtime: 'node', packages: ['express'], compresses: history },
  { ...script, name: 'fastify', title: 'Fastify', runtime: 'node', packages: ['fastify'], compresses: history },
  {
    ...script,
    name: 'koa',
    title: 'Koa',
    runtime: 'node',
    packages: ['koa', '@koa/router'],
    compresses: history,
    light: false,
  },
  { ...script, name: 'elysia', title: 'Elysia', runtime: 'bun', packages: ['elysia'] },
  { ...script, name: 'h3', title: 'h3', runtime: 'node', packages: ['h3'] },
  { ...script, name: 'nitro', title: 'Nitro', runtime: 'node', packages: ['nitro'], light: false },
  { ...page, name: 'next', title: 'Next, app router', packages: ['next'], compresses: '/', tellsOfStalls: true },
  { ...page, name: 'sveltekit', title: 'SvelteKit', packages: ['@sveltejs/kit', '@sveltejs/adapter-node'] },
  { ...page, name: 'react-router', title: 'React Router', packages: ['react-router'], compresses: '/' },
  { ...page, name: 'astro', title: 'Astro', packages: ['astro', '@astrojs/node'], cutBy: 'nobody' },
]

/** The examples of these names; all of them, where none is given. @throws {Error} for a name that is none */
export function examplesNamed(names: readonly string[]): readonly Example[] {
  const known = examples.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`Cannot run example "${unknown}": there are ${known.join(', ')}`)
  return names.length === 0 ? examples : examples.filter(({ name }) => names.includes(name))
}
