import { setTimeout as wait } from 'node:timers/promises'
import type { NetworkEngine } from './engine.ts'
import type { FleetScene } from './scene.ts'
import type { Fault } from './trial.ts'

type NetworkFault = Fault<NetworkEngine>

/** Milliseconds: longer than the time that any broker gives its engine. */
const whole = 6_000

async function lost(scene: FleetScene): Promise<void> {
  await scene.lost()
  await wait(1_000)
}

async function back(scene: FleetScene): Promise<void> {
  await scene.recovered()
  scene.expectRefusals()
}

export const restarted: NetworkFault = {
  name: 'kill -9 and restart with its data',
  run: async (scene, engine) => {
    await engine.kill()
    await lost(scene)
    await engine.start()
    await back(scene)
    await scene.expectAllOnce()
  },
}

export const emptied: NetworkFault = {
  name: 'kill -9 and restart without its data',
  run: async (scene, engine) => {
    await engine.kill()
    await lost(scene)
    await engine.wipe()
    await engine.start()
    await back(scene)
    await scene.expectNewLog()
  },
}

export const frozen: NetworkFault = {
  name: 'SIGSTOP for 6 s',
  run: async (scene, engine) => {
    const thaw = engine.freeze()
    await Promise.all([lost(scene), wait(whole)])
    thaw()
    await back(scene)
    await scene.expectAllOnce()
  },
}

const cut: NetworkFault = {
  name: 'RST of all links, three times',
  run: async (scene, { links }) => {
    for (let round = 0; round < 3; round++) {
      for (const link of links) link.cut()
      await wait(300)
    }
    await scene.recovered()
    await scene.expectAllOnce()
  },
}

const darkened: NetworkFault = {
  name: 'a black hole for all links, old and new, for 6 s',
  run: async (scene, { links }) => {
    const lighten = links.map((link) => link.darken())
    await Promise.all([lost(scene), wait(whole)])
    for (const each of lighten) each()
    await back(scene)
    await scene.expectAllOnce()
  },
}

export const networkFaults: readonly NetworkFault[] = [restarted, emptied, frozen, cut, darkened]
