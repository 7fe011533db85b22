import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { portsOutside, systemPorts } from './system-ports.ts'

// One that the system picks from would take the port of a server that is down for a moment.
const [first, last] = portsOutside(systemPorts())
// Of each pair the even one is for a server.
const firstPair = Math.ceil(first / 2)
const pairs = Math.floor((last - 1) / 2) - firstPair + 1

/** A port on 127.0.0.1 that nobody else is given, neither by the system nor by this module in another process. */
export interface ReservedPort extends AsyncDisposable {
  readonly port: number
}

/**
 * Reserve a port, for a server that may come and go on it.
 *
 * The odd port above it is the lock: listened on for as long as the reservation lasts, and given back by the system when
 * this process ends in any way. The server itself is never asked to connect there.
 */
export async function reservePort(): Promise<ReservedPort> {
  for (;;) {
    const port = 2 * (firstPair + Math.floor(Math.random() * pairs))
    const lock = await tryToListen(port + 1)
    if (!lock) continue
    const release = (): Promise<void> => new Promise((resolve) => lock.close(() => resolve()))
    // Somebody may have it who knows nothing of locks.
    const trial = await tryToListen(port)
    if (trial) {
      await new Promise((resolve) => trial.close(resolve))
      return { port, [Symbol.asyncDispose]: release }
    }
    await release()
  }
}

/** Reserve a port until this process ends, for servers that can't be told to pick one. */
export async function freePort(): Promise<number> {
  const { port } = await reservePort()
  return port
}

async function tryToListen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy())
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return server.unref()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined
    throw error
  }
}
