import { fileURLToPath } from 'node:url'
import { connect } from '@holdfast/core/client'
import { launch } from '../launch.ts'
import type { Path } from './walk.ts'

const program = fileURLToPath(new URL('./stream-server.ts', import.meta.url))

/** A loop takes an event from a stream of `connect()` that stands. The server is a process of its own. */
export async function consuming(): Promise<Path> {
  const server = await launch({ command: 'node', args: ['--conditions=@holdfast/source', program] })
  const { next, close } = await follow(server.url)
  return {
    step: next,
    async close() {
      close()
      await server.close()
    },
  }
}

/** The same, with all that it takes to have the stream. */
export async function connecting(): Promise<Path> {
  const server = await launch({ command: 'node', args: ['--conditions=@holdfast/source', program] })
  return {
    async step() {
      const { next, close } = await follow(server.url)
      await next()
      close()
    },
    close: () => server.close(),
  }
}

async function follow(url: string): Promise<{ next: () => Promise<void>; close: () => void }> {
  const connection = connect(`${url}/events`)
  const opened = new Promise<void>((resolve) => {
    connection.onStatus(({ state }) => state === 'open' && resolve())
  })
  const events = connection[Symbol.asyncIterator]()
  let coming = events.next()
  await opened
  return {
    async next() {
      await (await fetch(`${url}/publish`, { method: 'POST' })).text()
      await coming
      coming = events.next()
    },
    close: () => connection.close(),
  }
}
