import type { RedisLink } from './link.ts'

/** A Lua script, sent whole only to a server that does not know it. */
export class Script {
  readonly #source: string
  #digest: Promise<string> | undefined

  constructor(source: string) {
    this.#source = source
  }

  async run(link: RedisLink, keys: readonly string[], args: readonly string[], signal: AbortSignal): Promise<unknown> {
    const key = keys[0] as string
    const rest = [String(keys.length), ...keys, ...args]
    this.#digest ??= sha1(this.#source)
    let start = ['EVALSHA', await this.#digest]
    for (;;) {
      try {
        return await link.send(key, [...start, ...rest], signal)
      } catch (error) {
        if (isReply(error, 'NOSCRIPT')) start = ['EVAL', this.#source]
        // While the slot of the keys moves to another node, one of them that is not there can be on either.
        else if (isReply(error, 'TRYAGAIN') && !signal.aborted) await pause()
        else throw error
      }
    }
  }
}

/** Whether Redis answered with an error of this kind. */
export function isReply(error: unknown, kind: string): boolean {
  return error instanceof Error && error.message.startsWith(kind)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
