import type { Server } from 'node:http'
import type { Http2SecureServer, Http2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { ResolvedTimeouts } from '../timeouts.ts'
import { resetSocket } from './cut.ts'

/** What `serve` makes: HTTP/1, or over TLS HTTP/2 with HTTP/1.1 for those who lack it. */
export type NodeServer = Server | Http2SecureServer

// How soon a connection whose last response has just ended is found idle. A stop with streams then takes about 30 ms.
const sweepInterval = 30

/** The connections of one server: closed one by one as they fall idle, or all at once. */
export class Connections {
  readonly #server: NodeServer
  readonly #sockets = new Set<Socket>()
  readonly #sessions = new Set<Http2Session>()

  constructor(server: NodeServer, { idle }: ResolvedTimeouts) {
    this.#server = server
    const sockets = this.#sockets
    // One listener for all: closures of each socket's own are kept as long as it is idle.
    function forget(this: Socket): void {
      sockets.delete(this)
    }
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', forget)
    })
    server.on('session', (session: Http2Session) => this.#watch(session, idle))
  }

  /** Accept no more, close what is idle, and resolve when all is gone. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const sweep = setInterval(() => this.#closeIdle(), sweepInterval)
      this.#server.close(() => {
        clearInterval(sweep)
        resolve()
      })
      // A session finishes its streams first. Node 26 does this by itself, Node 20 does not.
      for (const session of this.#sessions) session.close()
    })
  }

  /** Cut every connection. */
  force(): void {
    for (const session of this.#sessions) session.destroy()
    for (const socket of this.#sockets) resetSocket(socket)
  }

  // `closeIdleConnections` leaves those alone that were opened in advance and never asked for anything, as browsers do.
  #closeIdle(): void {
    if ('closeIdleConnections' in this.#server) this.#server.closeIdleConnections()
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
  }

  // A client that stalls has its streams cut but keeps the session: without this it would keep it for ever. Not the
  // session's own timeout, which pings and heads that never end would put off.
  #watch(session: Http2Session, idle: number): void {
    let streams = 0
    let timer: NodeJS.Timeout | undefined
    const wait = (): void => {
      if (idle > 0) timer = setTimeout(() => session.destroy(), idle).unref()
    }
    this.#sessions.add(session)
    session.once('close', () => {
      clearTimeout(timer)
      this.#sessions.delete(session)
    })
    session.on('stream', (stream) => {
      streams++
      clearTimeout(timer)
      stream.once('close', () => {
        if (--streams === 0 && !session.destroyed) wait()
      })
    })
    wait()
  }
}
