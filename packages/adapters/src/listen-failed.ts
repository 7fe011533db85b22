import { HoldfastError } from '@holdfast/core'

/** The server could not listen. `cause` is the runtime's own error. */
export class ListenFailedError extends HoldfastError {
  readonly code = 'listen-failed'
}

/** Say what to do about it, in the same words on every runtime. */
export function listenFailed(cause: unknown, hostname: string | undefined, port: number): ListenFailedError {
  const address = `"${hostname ?? '*'}:${port}"`
  return new ListenFailedError(`Cannot listen on ${address}: ${advice(cause)}`, { cause })
}

// Node and Bun tell by `code`, Deno 2.9 by the class's name.
function advice(cause: unknown): string {
  const { code, name, message } = cause as { code?: string; name?: string; message?: string }
  if (code === 'EADDRINUSE' || name === 'AddrInUse') return 'the port is taken, choose another, or 0 for a free one'
  if (code === 'EACCES' || name === 'PermissionDenied' || name === 'NotCapable') {
    return 'not permitted, choose a port above 1023 or grant the permission'
  }
  if (code === 'EADDRNOTAVAIL' || name === 'AddrNotAvailable') return 'this machine has no such address'
  return message ?? String(cause)
}
