import { make, say } from './dom.ts'

const svg = 'http://www.w3.org/2000/svg'
const windowMs = 120_000
const width = 120
const height = 40

/** A line over the last two minutes. */
export interface Chart {
  readonly element: HTMLElement
  add(time: number, value: number): void
}

/** Draw one series from 0 up to `top`, or up to a round number above the highest value where that is not given. */
export function createChart(label: string, unit: string, top?: number): Chart {
  const points: { time: number; value: number }[] = []
  const area = part('path', { class: 'area' })
  const line = part('path', { class: 'curve' })
  const drawing = part('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' })
  drawing.setAttribute('aria-label', label)
  const scale = make('span', 'scale')
  drawing.append(...[0.25, 0.5, 0.75, 1].map(gridLine), area, line)

  function draw(now: number): void {
    const highest = top ?? niceTop(Math.max(...points.map(({ value }) => value)))
    const x = (time: number) => round(width * (1 - (now - time) / windowMs))
    const y = (value: number) => round(height - (height - 1) * Math.min(value / highest, 1))
    const path = points.map(({ time, value }) => `${x(time)},${y(value)}`).join('L')
    say(scale, `${highest}${unit}`)
    line.setAttribute('d', `M${path}`)
    area.setAttribute('d', `M${x(points[0]?.time ?? now)},${height}L${path}L${width},${height}Z`)
  }

  return {
    element: make('div', 'chart', drawing, scale),
    add(time, value) {
      points.push({ time, value })
      while ((points[0]?.time ?? time) < time - windowMs) points.shift()
      draw(time)
    },
  }
}

function gridLine(share: number): SVGElement {
  const y = String(round(height - (height - 1) * share))
  return part('line', { class: 'grid', x1: '0', x2: String(width), y1: y, y2: y })
}

function part<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS(svg, name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  return made
}

// 1, 2 or 5 times a power of ten, so that the scale stays put while values move a little.
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 10)))
  return power * ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
