// What this example uses of a Worker's globals, which the types of Node don't know.

/** One end of a WebSocket pair. */
export interface Socket {
  accept(): void
  send(text: string): void
  close(code?: number): void
  addEventListener(type: 'message', listener: (event: { data: string }) => void): void
  addEventListener(type: 'close' | 'error', listener: () => void): void
}

/** What a Durable Object is given. */
export interface ObjectState {
  storage: {
    sql: {
      exec(
        query: string,
        ...values: (string | number | null)[]
      ): { toArray(): Record<string, string | number | null>[] }
    }
    deleteAll(): Promise<void>
  }
  acceptWebSocket(socket: Socket, tags?: string[]): void
  getWebSockets(tag?: string): Socket[]
  abort(reason?: string): void
}

/** A namespace of Durable Objects. */
export interface Namespace {
  getByName(name: string): { fetch(url: string, init?: RequestInit): Promise<Response & { webSocket?: Socket | null }> }
}
