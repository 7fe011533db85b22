import process from 'node:process'

const digits = 16

/** Now, on the clock that all processes of this machine share. */
export function microsecondsNow(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** An event's data: when it was sent, and as much more as makes it so long. */
export function stamped(size: number): string {
  return `@${String(microsecondsNow()).padStart(digits, '0')}`.padEnd(size, 'x')
}

/** When an event was sent; undefined for what has no stamp. */
export function sentAt(block: string): number | undefined {
  const at = block.indexOf('@')
  return at < 0 ? undefined : Number(block.slice(at + 1, at + 1 + digits))
}
