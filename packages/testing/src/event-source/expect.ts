/** Assertions that run everywhere. */

/** The values are the same, seen as JSON shows them where they are objects. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const same =
    typeof expected === 'object' && expected !== null ? show(actual) === show(expected) : Object.is(actual, expected)
  if (!same) throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`)
}

export function ok(value: unknown, what: string): void {
  if (!value) throw new Error(what)
}

/** `run` throws an error of this name: the error, for further questions. */
export function throws(run: () => unknown, name: string, what: string): Error {
  let error: unknown
  try {
    run()
  } catch (caught) {
    error = caught
  }
  equal((error as Error | undefined)?.name, name, what)
  return error as Error
}

function show(value: unknown): string {
  if (typeof value === 'symbol' || typeof value === 'function' || typeof value === 'bigint') return String(value)
  return JSON.stringify(value)?.slice(0, 500) ?? 'undefined'
}
