import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, launch } from '../launch.ts'

/** Start a Redis that keeps nothing on disk. */
export async function startRedis(path: string): Promise<AsyncDisposable & { port: number }> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-client-redis-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
  const server = await launch({ command: path, args, ready: /Ready to accept connections/ })
  return {
    port,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
