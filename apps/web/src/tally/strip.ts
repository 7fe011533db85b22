import { draw } from '../dom/make.ts'
import type { Tally } from './tally.ts'

const span = 30_000
const width = 600
const height = 36
/** What comes later than this was missed live, and made up for. */
const late = 400

/** A fault, where it belongs in time. */
export interface FaultMark {
  time: number
}

/**
 * The last half minute of one client, a line for each tick where it was published: high for what came at once, low for what came
 * late, and nothing where nothing came. So a hole that is filled afterwards looks filled, and what is lost stays a hole.
 */
export class Strip {
  readonly element: SVGSVGElement
  readonly #live = draw('path', { class: 'strip-live' })
  readonly #late = draw('path', { class: 'strip-late' })
  readonly #faults = draw('path', { class: 'strip-fault' })
  readonly #tally: Tally

  constructor(tally: Tally, label: string) {
    this.#tally = tally
    this.element = draw(
      'svg',
      {
        class: 'strip',
        viewBox: `0 0 ${width} ${height}`,
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': label,
      },
      draw('path', { class: 'strip-base', d: `M0 ${height - 0.5}H${width}` }),
      this.#late,
      this.#live,
      this.#faults,
    )
  }

  draw(now: number, faults: readonly FaultMark[]): void {
    let live = ''
    let later = ''
    for (const { time, delay } of this.#tally.arrivals) {
      const x = xAt(time, now)
      if (x < 0) continue
      if (delay <= late) live += `M${x} ${height}V8`
      else later += `M${x} ${height}V${height - 9}`
    }
    this.#live.setAttribute('d', live)
    this.#late.setAttribute('d', later)
    const marks = faults.map(({ time }) => xAt(time, now)).filter((x) => x >= 0)
    this.#faults.setAttribute('d', marks.map((x) => `M${x - 4} 0h8l-4 6z`).join(''))
  }
}

function xAt(time: number, now: number): number {
  return Math.round(width * (1 - (now - time) / span) * 10) / 10
}
