import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

// Systems pick ports for outgoing connections, and for listeners on port 0, from 32,768 up (Linux) or 49,152 (others). One
// of those would take the port of a server that is down for a moment. Browsers refuse some ports up to 10,080.
const lowest = 11_000
const highest = 32_767

/** Listen on 127.0.0.1, on a port that stays free while the server does not listen. @returns the port */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest + 1))
    server.listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      return port
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

/** Such a port, for servers that can't be told to pick one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listenOnFreePort(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
