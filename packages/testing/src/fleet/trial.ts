import type { FleetEngine } from './engine.ts'
import { FleetScene } from './scene.ts'

/** One fault that servers over an engine, and their clients, must survive. */
export interface Fault<Engine extends FleetEngine> {
  name: string
  /** Let it happen, and judge what came of it. */
  run(scene: FleetScene, engine: Engine): Promise<void>
}

/** Try one fault on an engine of its own. Resolves with what came of it, in a line. */
export async function trial<Engine extends FleetEngine>(
  start: () => Promise<Engine>,
  { name, run }: Fault<Engine>,
): Promise<string> {
  await using engine = await start()
  await using scene = await FleetScene.start(engine)
  await run(scene, engine)
  return `${name}: ${scene.report}`
}
