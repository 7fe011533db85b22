import { Session } from 'node:inspector/promises'
import { fileURLToPath } from 'node:url'
import { workspaceRoot } from '../launch.ts'
import { filesOf, type Path } from './walk.ts'

/** The files of which a function is called in this process while the path is walked. */
export async function filesInThisProcess(prepare: () => Promise<Path>): Promise<string[]> {
  const path = await prepare()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  try {
    return await filesOf(async () => {
      // Each look begins to count anew.
      await called(session)
      await path.step()
      return called(session)
    })
  } finally {
    session.disconnect()
    await path.close()
  }
}

async function called(session: Session): Promise<string[]> {
  const { result } = await session.post('Profiler.takePreciseCoverage')
  return result
    .filter(({ url, functions }) => url.startsWith('file:') && functions.some(({ ranges }) => ranges[0]?.count))
    .map(({ url }) => fileURLToPath(url).slice(workspaceRoot.length))
}
