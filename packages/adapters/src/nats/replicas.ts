import { NatsVersionError } from './errors.ts'

/**
 * Measured: 2.9.10 often has other messages on the server that led a stream than on the rest once it is back, and readers
 * hear one or the other. On 2.10.27 nothing was lost or doubled. No server between was tried.
 */
const oldest = [2, 10, 27] as const

/**
 * Whether several servers keep a stream.
 *
 * @param version - of the server that is connected to
 * @throws {NatsVersionError} several do, and it is older than the oldest that keeps one log on all
 */
export function isKeptByMany(name: string, replicas: number, version = ''): boolean {
  if (replicas > 1 && isOlder(version))
    throw new NatsVersionError(
      `Cannot use the stream "${name}" with ${replicas} replicas: that needs nats-server ${oldest.join('.')}, got "${version}"`,
    )
  return replicas > 1
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map((part) => parseInt(part))
  const at = oldest.findIndex((part, index) => parts[index] !== part)
  // What is no number is no known version.
  return at >= 0 && !((parts[at] ?? 0) > (oldest[at] ?? 0))
}
