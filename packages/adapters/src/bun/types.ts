/** What Holdfast uses of Bun's server. Structural, so that nobody needs `bun-types` to use the other runtimes. */
export interface BunServer {
  readonly port?: number | undefined
  /** Set one request's idle timeout, in seconds; 0 for none. */
  timeout(request: Request, seconds: number): void
  stop(closeActiveConnections?: boolean): Promise<void>
}

/** What Holdfast uses of `Bun.serve`'s options. */
export interface BunServeOptions {
  port: number
  hostname: string
  idleTimeout: number
  tls?: { key: string; cert: string }
  fetch(request: Request, server: BunServer): Response | Promise<Response>
}

interface BunGlobal {
  serve(options: BunServeOptions): BunServer
}

/** The `Bun` global. */
export function bunGlobal(): BunGlobal {
  return (globalThis as unknown as { Bun: BunGlobal }).Bun
}
