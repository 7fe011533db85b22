import { HoldfastError } from '@holdfast/core'

/** An adapter was called on a runtime that it is not for. */
export class WrongRuntimeError extends HoldfastError {
  readonly code = 'wrong-runtime'
}

const entries = { Bun: 'bun', Deno: 'deno', 'Cloudflare Workers': 'cloudflare', Node: 'node' } as const

type Runtime = keyof typeof entries

/** @throws {WrongRuntimeError} this is another runtime than the adapter is for */
export function checkRuntime(call: string, adapter: 'Bun' | 'Deno'): void {
  if (!(adapter in globalThis)) throw wrongRuntime(call, adapter)
}

/** Say which adapter to import instead. */
export function wrongRuntime(call: string, adapter: Runtime): WrongRuntimeError {
  const here = runtimeHere()
  const instead = here ? `this is ${here}, so import "@holdfast/adapters/${entries[here]}"` : 'this is another runtime'
  return new WrongRuntimeError(
    `Cannot call ${call}(): this is the adapter for ${adapter}, and ${instead} (docs/mistakes.md#${call.toLowerCase()})`,
  )
}

/** Which of them this is. Bun and Deno also call themselves Node. */
export function runtimeHere(): Runtime | undefined {
  if ('Bun' in globalThis) return 'Bun'
  if ('Deno' in globalThis) return 'Deno'
  const { navigator, process } = globalThis as {
    navigator?: { userAgent?: string }
    process?: { release?: { name?: string } }
  }
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'Cloudflare Workers'
  return process?.release?.name === 'node' ? 'Node' : undefined
}
