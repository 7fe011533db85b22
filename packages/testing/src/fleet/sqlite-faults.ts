import { setTimeout as wait } from 'node:timers/promises'
import { type FileEngine, freeze } from './sqlite-engine.ts'
import type { Fault } from './trial.ts'

type FileFault = Fault<FileEngine>

const [node, bun] = [0, 1]

const killed: FileFault = {
  name: 'kill -9 of a server that publishes, and its restart',
  run: async (scene) => {
    const server = scene.hurt(node)
    for (let round = 0; round < 3; round++) {
      await server.kill()
      // Who has nothing but its URL waits.
      await scene.going(server)
      await server.start()
      await scene.recovered()
    }
    await scene.expectAllOnce()
  },
}

export const allKilled: FileFault = {
  name: 'kill -9 of all servers, and their restart',
  run: async (scene) => {
    const servers = scene.members.map((_, index) => scene.hurt(index))
    await Promise.all(servers.map((server) => server.kill()))
    await Promise.all(servers.map((server) => server.start()))
    await scene.recovered()
    await scene.expectAllOnce()
  },
}

const stopped: FileFault = {
  name: 'SIGSTOP of a server for 6 s, between two transactions',
  run: async (scene, { path }) => {
    const server = scene.hurt(bun)
    const thaw = await freeze(server, path, { isWriting: false })
    await wait(6_000)
    await scene.going(server)
    thaw()
    await scene.recovered()
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
    await scene.recovered()
    await scene.expectAllOnce()
  },
}

export const fileFaults: readonly FileFault[] = [killed, allKilled, stopped, stoppedWithLock]
