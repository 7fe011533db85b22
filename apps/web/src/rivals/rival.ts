import type { Tick } from '@holdfast/demo/config'

/** Another way to read the ticker, for comparison. */
export interface Rival {
  /** What it believes itself to be: its `readyState`. */
  readonly readyState: number
  close(): void
}

/** Hear each tick that it gets. */
export type OnTick = (tick: Tick) => void
