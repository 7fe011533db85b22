import { reportException } from '../report.ts'

/** Call a callback of the application: what it throws, or rejects with, is reported and reaches nothing else. */
export async function safely<Value>(callback: ((value: Value) => unknown) | undefined, value?: Value): Promise<void> {
  try {
    await callback?.(value as Value)
  } catch (error) {
    reportException(error)
  }
}

/** Add to a set, to which the same function twice is two because each comes in an array of its own. @returns how to take it out */
export function addTo<Item extends unknown[]>(set: Set<Item>, item: Item): () => void {
  set.add(item)
  return () => void set.delete(item)
}
