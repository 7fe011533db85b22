import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { launch, workspaceRoot } from '../launch.ts'
import { temporaryFolder } from '../runtimes/temporary-folder.ts'
import { eventually } from '../eventually.ts'
import { type FileEngine, fileEngine } from './sqlite-engine.ts'
import type { Fault } from './trial.ts'

/** An SQLite file on a disk that can be filled, and that only our servers see. */
export interface SmallDisk extends FileEngine {
  /** Until the function that is returned is called. */
  fill(): () => void
}

export async function startOnSmallDisk(): Promise<SmallDisk> {
  const folder = await temporaryFolder()
  const isRoot = userInfo().uid === 0
  // Its processes alone have the disk, which goes with the last of them.
  const mount = 'mount -t tmpfs -o size=8m tmpfs "$0" && echo mounted && exec sleep infinity'
  const holder = await launch({
    command: 'unshare',
    args: [...(isRoot ? [] : ['--map-root-user']), '--mount', 'sh', '-c', mount, folder.path],
    ready: /^mounted$/m,
  })
  const user = isRoot ? [] : ['--user', '--preserve-credentials']
  const enter = ['nsenter', `--target=${holder.pid}`, ...user, '--mount', `--wd=${workspaceRoot}`, '--']
  const dispose = async (): Promise<void> => {
    await holder.close()
    await folder[Symbol.asyncDispose]()
  }
  const seenFromHere = `/proc/${holder.pid}/root${folder.path}`
  const file = fileEngine(`${folder.path}/log.sqlite`, dispose, enter)
  return { ...file, fill: () => fill(seenFromHere) }
}

function fill(folder: string): () => void {
  const ballast = `${folder}/ballast`
  const { bavail, bsize } = statfsSync(folder)
  // All but some pages, so that it is SQLite that meets the end of the disk.
  writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - 65_536)))
  return () => rmSync(ballast)
}

export const fullDisk: Fault<SmallDisk> = {
  name: 'a full disk',
  run: async (scene, engine) => {
    const makeRoom = engine.fill()
    const areTold = (): boolean => scene.members.every(({ publisher }) => publisher.refusals.length > 3)
    await eventually('a refusal of each server', areTold, { within: 20_000 })
    makeRoom()
    await scene.recovered()
    await scene.expectAllOnce()
  },
}
