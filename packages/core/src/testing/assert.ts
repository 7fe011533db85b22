import { HoldfastError } from '../errors.ts'

/** What a broker does is not what the contract says. */
export class ContractError extends HoldfastError {
  readonly code = 'contract-broken'
}

/** Fail with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ContractError(message)
}

/** Compare as JSON, whatever the order of keys. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [seen, wanted] = [JSON.stringify(actual, sortKeys), JSON.stringify(expected, sortKeys)]
  check(seen === wanted, `${what}: expected ${shorten(wanted)}, got ${shorten(seen)}`)
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Wait for a rejection. Returns what it was rejected with. */
export async function rejection(what: string, promise: Promise<unknown>): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in settled) return settled.error
  throw new ContractError(`${what}: expected a rejection, got ${shorten(JSON.stringify(settled.value))}`)
}

/** Wait for a rejection with an error that has a `code`. */
export async function typedRejection(what: string, promise: Promise<unknown>): Promise<void> {
  const error = await rejection(what, promise)
  check(error instanceof HoldfastError, `${what}: expected a HoldfastError, got ${String(error)}`)
}

/** Look every few milliseconds until it is so. */
export async function eventually(what: string, within: number, look: () => boolean): Promise<void> {
  const deadline = Date.now() + within
  while (!look()) {
    check(Date.now() < deadline, `Waited ${within} ms in vain for ${what}`)
    await pause(5)
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function shorten(text: string | undefined): string {
  return text === undefined
    ? 'nothing'
    : text.length > 400
      ? `${text.slice(0, 400)}… (${text.length} characters)`
      : text
}
