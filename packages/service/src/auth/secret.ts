import { checkArgument } from '@holdfast/core/adapter'
import type { Auth, Grant } from './auth.ts'

const everything: Grant = { publish: () => true, subscribe: () => true, observe: true }

/** What `auth: 'none'` stands for: everybody may do everything. */
export const open: Auth = { authenticate: () => Promise.resolve(everything) }

const leastLength = 16

function aToken(given: unknown): string {
  const isOne = typeof given === 'string' && given.length >= leastLength && /^[!-~]+$/.test(given)
  return isOne ? '' : `${leastLength} or more visible ASCII characters, such as those of crypto.randomUUID()`
}

/**
 * One shared secret that may publish and subscribe to every topic, and read the statistics.
 *
 * @throws {InvalidOptionError} it is shorter than 16 bytes, which can be guessed, or has characters that a header can't carry:
 *   visible ASCII only
 */
export function secret(token: string): Auth {
  checkArgument('secret', 'token', token, aToken)
  const expected = digest(token)
  return {
    async authenticate(presented) {
      if (presented === undefined) return undefined
      return equal(await digest(presented), await expected) ? everything : undefined
    },
  }
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
}

// Digests have one length, and every byte is looked at: the time taken tells nothing about the secret.
function equal(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0)
  return difference === 0
}
