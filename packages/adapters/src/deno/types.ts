/** What a handler gets besides the request. Structural, so that nobody needs Deno's types to use the other runtimes. */
export interface DenoServeInfo {
  readonly remoteAddr: unknown
  /** Settles when the response has been sent, and when its client has gone (Deno 2.9 resolves for both). */
  readonly completed: Promise<void>
}

/** What Holdfast uses of `Deno.serve`'s options. */
export interface DenoServeOptions {
  port: number
  hostname: string
  key?: string
  cert?: string
  signal: AbortSignal
  onListen(address: unknown): void
}

/** What Holdfast uses of the server `Deno.serve` returns. */
export interface DenoServer {
  readonly addr: { readonly port?: number }
  readonly finished: Promise<void>
  /** Let what is in progress finish, and close every connection after it. */
  shutdown(): Promise<void>
}

type DenoHandler = (request: Request, info: DenoServeInfo) => Response | Promise<Response>

interface DenoGlobal {
  serve(options: DenoServeOptions, handler: DenoHandler): DenoServer
}

/** The `Deno` global. */
export function denoGlobal(): DenoGlobal {
  return (globalThis as unknown as { Deno: DenoGlobal }).Deno
}
