/** A duration as a cell of the table says it. */
export function inMs(duration: number): string {
  return `${Math.max(1, Math.round(duration))} ms`
}
