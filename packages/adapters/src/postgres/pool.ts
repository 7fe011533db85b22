/** A `Pool` of `pg` 8, as far as the broker uses one. */
export interface PostgresPool {
  readonly options: object
  /** What the pool's connections are made with, for one that listens. `pg` has it, though its types don't say so. */
  readonly Client?: (new (options: object) => PostgresClient) | undefined
  connect(callback: (error: Error | undefined, client: PooledClient | undefined) => void): void
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** A connection of a pool. */
export interface PooledClient {
  query(statement: { text: string; values: unknown[] }): Promise<{ rows: unknown[] }>
  release(destroy?: boolean): void
  on(event: 'error', listener: () => void): unknown
  removeListener(event: 'error', listener: () => void): unknown
}

/** A connection of our own. */
export interface PostgresClient {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  on(event: 'error' | 'end', listener: () => void): unknown
  on(event: 'notification', listener: (message: Notification) => void): unknown
  end(): Promise<void>
  /** Its socket, which `pg`'s types don't tell of. */
  readonly connection?: { readonly stream?: { destroy(): unknown } | undefined } | undefined
}

/** What a connection that listens is sent. */
export interface Notification {
  channel: string
  payload?: string | undefined
}
