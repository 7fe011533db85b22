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
    try {
      return await link.send(key, ['EVALSHA', await this.#digest, ...rest], signal)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return await link.send(key, ['EVAL', this.#source, ...rest], signal)
    }
  }
}

async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
