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
  development: boolean
  reusePort: boolean
  tls?: { key: string; cert: string }
  fetch(request: Request, server: BunServer): Response | Promise<Response>
}

/** What Holdfast uses of the global `Bun`. */
export interface BunGlobal {
  serve(options: BunServeOptions): BunServer
}

/** What a response of Bun's is written with, where its body is a {@link DirectSource}. */
export interface DirectController {
  /** Take bytes in any case. Returns a promise while the socket is full, until it is not; 0 once the client is gone. */
  write(bytes: Uint8Array): number | Promise<unknown>
  /** Send what has been taken. */
  flush(): unknown
  /** Finish the response. */
  end(): unknown
  /** Reset the connection. What was written may be lost. */
  close(error: unknown): void
}

/** Bun's own kind of source for a stream, which is given the response's sink instead of a queue. */
export interface DirectSource {
  readonly type: 'direct'
  pull(controller: DirectController): void
  /** The client has left. */
  cancel(reason: unknown): void
}

/** A stream of such a source. TypeScript's own types know nothing of it. */
export function directStream(source: DirectSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  const Stream = ReadableStream as unknown as new (source: DirectSource) => ReadableStream<Uint8Array<ArrayBuffer>>
  return new Stream(source)
}

/** The `Bun` global, for what is called so. @throws {WrongRuntimeError} this is not Bun */
export function bunGlobal(call: string): BunGlobal {
  const { Bun } = globalThis as unknown as { Bun?: BunGlobal }
  if (!Bun) throw wrongRuntime(call, 'Bun')
  return Bun
}
