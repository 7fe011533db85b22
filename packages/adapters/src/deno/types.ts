/** What a handler gets besides the request. Structural, so that nobody needs Deno's types to use the other runtimes. */
export interface DenoServeInfo {
  /** `{ transport: 'tcp', hostname, port }` of the connection's other end. */
  readonly remoteAddr: unknown
  /** Settles when the response has been sent, and when its client has gone (Deno 2.9 resolves for both). */
  readonly completed: Promise<void>
}
