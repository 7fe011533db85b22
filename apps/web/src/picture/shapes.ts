import { draw } from '../dom/make.ts'
import type { Role } from './scene.ts'

const circle = 'M-7 0a7 7 0 1 0 14 0a7 7 0 1 0 -14 0'

/** Each role has a shape of its own, so that nothing depends on colour. Around 0, 0; 14 wide. */
const shapes: Readonly<Record<string, string>> = {
  carries: circle,
  polling: 'M-6 -6H6V6H-6Z',
  standby: circle,
  full: `${circle}M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`,
  asked: circle,
  silent: 'M-6 -6V6M6 -6V6',
  lost: 'M-6 -6L6 6M6 -6L-6 6',
  idle: 'M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0',
}

/** The mark at the end of a line. */
export class Shape {
  readonly element: SVGPathElement = draw('path', { class: 'shape' })

  show(role: Role, x: number, y: number): void {
    this.element.setAttribute('data-role', role)
    this.element.setAttribute('d', shapes[role] ?? circle)
    this.element.setAttribute('transform', `translate(${x} ${y})`)
  }
}
