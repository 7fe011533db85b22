import { wrongRuntime } from '../wrong-runtime.ts'

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

/** What Holdfast uses of the global `Bun`. */
export interface BunGlobal {
  serve(options: BunServeOptions): BunServer
}

/** The `Bun` global, for what is called so. @throws {WrongRuntimeError} this is not Bun */
export function bunGlobal(call: string): BunGlobal {
  const { Bun } = globalThis as unknown as { Bun?: BunGlobal }
  if (!Bun) throw wrongRuntime(call, 'Bun')
  return Bun
}
