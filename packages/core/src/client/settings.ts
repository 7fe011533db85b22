import type { ConnectOptions, RedundancyLevel } from './types.ts'

const levels = ['none', 'standby', 'full'] as const

/** How many connections to hold besides the one that delivers: 0 none, 1 a standby, 2 a second full one. */
export interface LevelRange {
  min: number
  max: number
}

export function levelsOf(redundancy: ConnectOptions['redundancy'] = 'auto'): LevelRange {
  if (redundancy === 'auto') return { min: 0, max: 1 }
  const { min, max } = typeof redundancy === 'string' ? { min: redundancy, max: redundancy } : redundancy
  return { min: indexOf(min), max: indexOf(max) }
}

function indexOf(level: RedundancyLevel): number {
  const index = levels.indexOf(level)
  if (index < 0) throw new TypeError(`Cannot connect: redundancy "${level}" is none of ${levels.join(', ')}`)
  return index
}
