import { draw, make, say } from '../dom/make.ts'
import { onceAFrame } from '../dom/frames.ts'

const span = 120_000
const width = 240
const height = 60

/** The scale of a chart. */
export interface ChartOptions {
  /** What it shows, for who cannot see it. */
  label: string
  /** From 0 to this; without it, around the values. */
  top?: number
}

interface Point {
  time: number
  value: number
  /** Something is missing before it. */
  isCut: boolean
}

/** A curve over the last two minutes. Where there is a gap, it has one. */
export class Chart {
  readonly element: HTMLElement
  readonly #points: Point[] = []
  readonly #top: number | undefined
  readonly #curve = draw('path', { class: 'curve' })
  readonly #area = draw('path', { class: 'area' })
  readonly #scale = make('span', { class: 'scale' })
  readonly #draw = onceAFrame(() => this.#paint())
  #isCut = false

  constructor({ label, top }: ChartOptions) {
    this.#top = top
    const drawing = draw(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      draw('path', { class: 'grid', d: `M0 1H${width}M0 ${height / 2}H${width}M0 ${height - 1}H${width}` }),
      this.#area,
      this.#curve,
    )
    this.element = make('div', { class: 'chart' }, drawing, this.#scale)
  }

  add(time: number, value: number): void {
    this.#points.push({ time, value, isCut: this.#isCut })
    this.#isCut = false
    while ((this.#points[0]?.time ?? time) < time - span) this.#points.shift()
    this.#draw()
  }

  /** Something is missing before what comes next. */
  cut(): void {
    this.#isCut = true
  }

  #paint(): void {
    const newest = this.#points.at(-1)
    if (!newest) return
    const { low, high } = this.#range()
    const x = (time: number): number => round(width * (1 - (newest.time - time) / span))
    const y = (value: number): number => round(height - 1 - ((height - 2) * (value - low)) / (high - low))
    const steps = this.#points.map(
      ({ time, value, isCut }, index) => `${index === 0 || isCut ? 'M' : 'L'}${x(time)} ${y(value)}`,
    )
    this.#curve.setAttribute('d', steps.join(''))
    const isWhole = !this.#points.some(({ isCut }) => isCut)
    const first = x(this.#points[0]?.time ?? newest.time)
    this.#area.setAttribute('d', isWhole ? `${steps.join('')}L${width} ${height}L${first} ${height}Z` : '')
    say(this.#scale, this.#top === undefined ? `${round(low)} – ${round(high)}` : '')
  }

  #range(): { low: number; high: number } {
    if (this.#top !== undefined) return { low: 0, high: this.#top }
    const values = this.#points.map(({ value }) => value)
    const low = Math.floor(Math.min(...values))
    return { low, high: Math.max(Math.ceil(Math.max(...values)), low + 1) }
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
