interface Reporting {
  reportError?: (error: unknown) => void
  console?: { error(...values: unknown[]): void }
}

/** Report what a callback threw, as the event loop would, without ending the process or the caller's work. */
export function reportException(error: unknown): void {
  const { console } = globalThis as Reporting
  console?.error(error)
}

/** Call a callback of the application: what it throws is reported and never reaches a publisher or another stream. */
export function callSafely<A extends unknown[], R>(
  callback: ((...values: A) => R) | undefined,
  ...values: A
): R | undefined {
  try {
    const result = callback?.(...values)
    if (result instanceof Promise) result.catch(reportException)
    return result
  } catch (error) {
    reportException(error)
    return undefined
  }
}
