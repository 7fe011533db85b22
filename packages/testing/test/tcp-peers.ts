import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** One end of a TCP connection that remembers what happened to it. */
export interface Peer {
  socket: Socket
  received: () => Buffer
  /** 'fin', an error's code, or 'open' while nothing ended it. */
  fate: () => string
  /** Resolves when `check` holds; looks again at everything that happens to the socket. */
  until: (check: () => boolean) => Promise<void>
}

function watch(socket: Socket): Peer {
  const chunks: Buffer[] = []
  const waiting = new Set<() => void>()
  let fate = 'open'
  const wake = (): void => waiting.forEach((each) => each())
  socket.on('data', (chunk: Buffer) => void chunks.push(chunk))
  socket.on('end', () => (fate = 'fin'))
  socket.on('error', (error: NodeJS.ErrnoException) => (fate = error.code ?? 'error'))
  for (const event of ['data', 'end', 'error', 'close', 'drain']) socket.on(event, wake)
  const until = (check: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!check()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { socket, received: () => Buffer.concat(chunks), fate: () => fate, until }
}

/** A TCP server whose accepted sockets a test takes one by one. */
export async function startPeerServer(): Promise<{
  url: string
  next: () => Promise<Peer>
  count: () => number
  close: () => void
}> {
  const accepted: Peer[] = []
  let taken = 0
  const server = createServer({ allowHalfOpen: true }, (socket) => void accepted.push(watch(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const next = async (): Promise<Peer> => {
    const index = taken++
    while (accepted.length <= index) await once(server, 'connection')
    return accepted[index]!
  }
  const close = (): void => {
    for (const { socket } of accepted) socket.destroy()
    server.close()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next,
    count: () => accepted.length,
    close,
  }
}

export function dial(port: number): Peer {
  return watch(connect({ host: '127.0.0.1', port, allowHalfOpen: true }))
}
