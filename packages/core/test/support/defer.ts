/** A promise that is settled from outside. */
export interface Deferred<T> {
  promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function defer<T = void>(): Deferred<T> {
  const deferred: Partial<Deferred<T>> = {}
  const promise = new Promise<T>((resolve, reject) => Object.assign(deferred, { resolve, reject }))
  return Object.assign(deferred as Deferred<T>, { promise })
}
