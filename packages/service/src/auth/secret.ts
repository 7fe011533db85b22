import type { Auth, Grant } from './auth.ts'

const everything: Grant = { publish: () => true, subscribe: () => true, observe: true }

/** What `auth: 'none'` stands for: everybody may do everything. */
export const open: Auth = { authenticate: () => Promise.resolve(everything) }

/**
 * One shared secret that may publish and subscribe to every topic, and read the statistics.
 *
 * @throws {TypeError} for a token that is empty, or that a header can't carry: visible ASCII characters only
 */
export function secret(token: string): Auth {
  if (!/^[!-~]+$/.test(token)) throw new TypeError('Cannot use as the secret what is not visible ASCII characters only')
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
