/** The fixture as someone serves it who knows nothing of the adapters. */
import process from 'node:process'
import { createFixture } from '../fixture-app.ts'

interface Globals {
  Bun?: { serve(options: { port: number; fetch: typeof fetch }): { port: number } }
  Deno?: {
    serve(options: { port: number; onListen(): void }, handler: typeof fetch): { addr: { port: number } }
  }
}

const { Bun, Deno } = globalThis as Globals
const { fetch } = createFixture()

async function listen(): Promise<number> {
  if (Bun) return Bun.serve({ port: 0, fetch }).port
  if (Deno) return Deno.serve({ port: 0, onListen: () => {} }, fetch).addr.port
  const [{ serve }, { Hono }] = await Promise.all([import('@hono/node-server'), import('hono')])
  const app = new Hono().all('*', (context) => fetch(context.req.raw))
  return new Promise((resolve) => serve({ fetch: app.fetch, port: 0 }, ({ port }) => resolve(port)))
}

console.log(`listening http://127.0.0.1:${await listen()}`)
process.once('SIGTERM', () => process.exit())
