import { HoldfastError } from '@holdfast/core'

/**
 * Listen on an address, or on all there are: `::` takes IPv4 as well, and where there is no IPv6, `0.0.0.0`.
 *
 * @throws what `listen` throws or rejects with
 */
export async function listenAnywhere<Server>(
  hostname: string | undefined,
  listen: (address: string) => Server | Promise<Server>,
): Promise<Server> {
  if (hostname !== undefined) return listen(hostname)
  try {
    return await listen('::')
  } catch (error) {
    // That is the same on every address.
    if (isTaken(error) || isForbidden(error)) throw error
    return listen('0.0.0.0')
  }
}

/** The server could not listen. `cause` is the runtime's own error. */
export class ListenFailedError extends HoldfastError {
  readonly code = 'listen-failed'
}

/** Say what to do about it, in the same words on every runtime. */
export function listenFailed(cause: unknown, hostname: string | undefined, port: number): ListenFailedError {
  const address = `"${hostname ?? '*'}:${port}"`
  return new ListenFailedError(`Cannot listen on ${address}: ${advice(cause)}`, { cause })
}

interface SystemError {
  code?: string
  name?: string
  message?: string
}

function advice(cause: unknown): string {
  const { code, message } = cause as SystemError
  if (isTaken(cause)) return 'the port is taken, choose another, or 0 for a free one'
  if (isForbidden(cause)) return 'not permitted, choose a port above 1023 or grant the permission'
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address'
  return message ?? String(cause)
}

function isTaken(error: unknown): boolean {
  return (error as SystemError).code === 'EADDRINUSE'
}

// Deno (2.9) tells of a permission that it was not given by the class's name.
function isForbidden(error: unknown): boolean {
  const { code, name } = error as SystemError
  return code === 'EACCES' || name === 'PermissionDenied' || name === 'NotCapable'
}
