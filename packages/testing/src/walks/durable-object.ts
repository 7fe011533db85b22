import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { openRaw } from '../raw-client/index.ts'
import { startWorker } from '../runtimes/start.ts'
import { instrument } from './instrument.ts'
import { filesOf } from './walk.ts'

const entry = fileURLToPath(new URL('./worker/worker.ts', import.meta.url))

/** A publish goes through a Worker and the topic's object to a reader who has been there before, all of it in workerd. */
export async function filesInWorkerd(): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@holdfast/source'],
    external: ['cloudflare:workers'],
    plugins: [instrument],
    write: false,
  })
  await using worker = await startWorker(outputFiles[0]?.contents ?? new Uint8Array(), {
    objects: { TOPICS: 'HubObject' },
  })
  const called = async (): Promise<string[]> => (await (await fetch(`${worker.url}/called`)).json()) as string[]
  const reader = await openRaw(`${worker.url}/events`)
  let count = 0
  try {
    return await filesOf(async () => {
      const data = `event ${++count}`
      await called()
      await (await fetch(`${worker.url}/publish`, { method: 'POST', body: data })).text()
      await reader.until(data, () => reader.events.some((event) => event.data === data))
      return called()
    })
  } finally {
    reader.destroy()
  }
}
