import { fileURLToPath } from 'node:url'
import { connect } from '@holdfast/core/client'
import { launch } from '../launch.ts'
import type { Path } from './walk.ts'

const program = fileURLToPath(new URL('./stream-server.ts', import.meta.url))

/** `connect()` opens a stream, and a loop takes an event from it. The server is a process of its own. */
export async function consuming(): Promise<Path> {
  const server = await launch({ command: 'node', args: ['--conditions=@holdfast/source', program] })
  return {
    async step() {
      await using connection = connect(`${server.url}/events`)
      const opened = new Promise<void>((resolve) => {
        connection.onStatus(({ state }) => state === 'open' && resolve())
      })
      const events = connection[Symbol.asyncIterator]()
      const next = events.next()
      await opened
      await (await fetch(`${server.url}/publish`, { method: 'POST' })).text()
      await next
    },
    close: () => server.close(),
  }
}
