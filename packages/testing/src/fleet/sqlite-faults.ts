import { setTimeout as wait } from 'node:timers/promises'
import type { FleetScene } from './scene.ts'
import { type FileEngine, freeze } from './sqlite-engine.ts'

/** One fault that servers over one file and their clients must survive. */
export interface FileFault {
  name: string
  run(scene: FleetScene, engine: FileEngine): Promise<void>
}

const [node, bun] = [0, 1]

export const killed: FileFault = {
  name: 'kill -9 of a server that publishes, and its restart',
  run: async (scene) => {
    const server = scene.hurt(node)
    for (let round = 0; round < 3; round++) {
      await server.kill()
      // Who has nothing but its URL waits.
      await scene.going(server)
      await server.start()
      await scene.going()
    }
    await scene.expectReady(200)
    await scene.expectAllOnce()
  },
}

export const allKilled: FileFault = {
  name: 'kill -9 of all servers, and their restart',
  run: async (scene) => {
    const servers = scene.members.map((_, index) => scene.hurt(index))
    await Promise.all(servers.map((server) => server.kill()))
    await Promise.all(servers.map((server) => server.start()))
    await scene.expectReady(200)
    await scene.expectAllOnce()
  },
}

export const stopped: FileFault = {
  name: 'SIGSTOP of a server for 6 s, between two transactions',
  run: async (scene, { path }) => {
    const server = scene.hurt(bun)
    const thaw = await freeze(server, path, { isWriting: false })
    await wait(6_000)
    await scene.going(server)
    thaw()
    await scene.expectReady(200)
    await scene.expectAllOnce()
  },
}

export const stoppedWithLock: FileFault = {
  name: 'SIGSTOP of a server for 8 s, within a transaction',
  run: async (scene, { path }) => {
    const server = scene.hurt(bun)
    const thaw = await freeze(server, path, { isWriting: true })
    // Longer than a publisher waits for the lock.
    await wait(8_000)
    scene.expectRefusals(server)
    thaw()
    await scene.going()
    await scene.expectReady(200)
    await scene.expectAllOnce()
  },
}

export const fileFaults: readonly FileFault[] = [killed, allKilled, stopped, stoppedWithLock]
