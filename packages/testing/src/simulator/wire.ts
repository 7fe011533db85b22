import type { Position, Topic } from './log.ts'

const encoder = new TextEncoder()

export type Vector = ReadonlyMap<string, Position>

/** An event ID, written independently of the core: `c1~key-epoch-offset…`. */
export function idOf(vector: Vector, advanced?: Topic): string {
  const keys = [...vector.keys()].sort()
  if (advanced) keys.unshift(...keys.splice(keys.indexOf(advanced.key), 1))
  return `c1${keys.map((key) => component(key, vector.get(key) as Position)).join('')}`
}

export function vectorOf(id: string): Map<string, Position> {
  const vector = new Map<string, Position>()
  for (const part of id.split('~').slice(1)) {
    const [key, epoch, offset] = part.split('-') as [string, string, string]
    vector.set(key, { epoch: parseInt(epoch, 36), offset: parseInt(offset, 36) })
  }
  return vector
}

export function hintOf(hint: Readonly<Record<string, string | number>>): string {
  return `: hint ${Object.entries(hint)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(' ')}\n\n`
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text)
}

function component(key: string, { epoch, offset }: Position): string {
  return `~${key}-${epoch.toString(36)}-${offset.toString(36)}`
}
