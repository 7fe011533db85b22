import { readFileSync } from 'node:fs'

/**
 * What has become of one side of a TCP connection: `held` by a process, `orphaned` when no process has it but the kernel
 * still tries to deliver what it queued (up to some minutes, Linux), or `gone`.
 */
export type SocketFate = 'held' | 'orphaned' | 'gone'

/** Look a connection up in the kernel's tables, by its two ports (Linux). */
export function socketFate(localPort: number, remotePort: number): SocketFate {
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n')) {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/)
      if (portOf(local) !== localPort || portOf(remote) !== remotePort) continue
      // TIME_WAIT: the connection is over, only its ports are remembered.
      if (state !== '06') return inode === '0' ? 'orphaned' : 'held'
    }
  }
  return 'gone'
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16)
}
