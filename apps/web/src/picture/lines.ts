import { draw, mark } from '../dom/make.ts'
import { glide } from '../dom/frames.ts'
import type { Role } from './scene.ts'
import { Shape } from './shapes.ts'

const glideFor = 700

interface Point {
  x: number
  y: number
}

/** What is drawn of one server. */
export interface LineView {
  /** The card of the server. */
  card: Element
  role: Role
}

/** The lines between the page and its servers, over the stage that holds both. */
export class Lines {
  readonly element: SVGSVGElement = draw('svg', { class: 'lines', 'aria-hidden': 'true' })
  readonly #stage: Element
  readonly #page: Element
  readonly #others: { line: SVGPathElement; shape: Shape }[]
  readonly #carrier = draw('path', { class: 'line carrier' })
  readonly #flow = draw('path', { class: 'line flow' })
  #carrierAt = -1
  #end: Point | undefined
  #stopGliding = (): void => {}
  #isGliding = false

  constructor(stage: Element, page: Element, servers: number) {
    this.#stage = stage
    this.#page = page
    this.#others = Array.from({ length: servers }, () => ({
      line: draw('path', { class: 'line' }),
      shape: new Shape(),
    }))
    this.element.append(
      ...this.#others.map(({ line }) => line),
      this.#carrier,
      this.#flow,
      ...this.#others.map(({ shape }) => shape.element),
    )
  }

  /**
   * @param carrier - the index of the server whose events are shown, -1 for none
   * @param flows - whether events arrive
   */
  draw(views: readonly LineView[], carrier: number, flows: boolean): void {
    const ends = views.map(({ card }) => this.#anchor(card))
    for (const [index, { role }] of views.entries()) this.#drawOther(index, role, ends[index] as Point, carrier)
    const end = ends[carrier]
    mark(this.#carrier, 'data-role', views[carrier]?.role ?? 'lost')
    this.element.classList.toggle('carried', end !== undefined)
    this.element.classList.toggle('flows', flows)
    if (end) this.#carry(carrier, end)
  }

  #drawOther(index: number, role: Role, end: Point, carrier: number): void {
    const other = this.#others[index]
    if (!other) return
    other.shape.show(role, end.x, end.y)
    mark(other.line, 'data-role', index === carrier ? 'carrier' : role)
    mark(other.line, 'd', this.#path(end))
  }

  // To another server the line moves, so that the eye can follow it.
  #carry(carrier: number, end: Point): void {
    const from = this.#end
    if (carrier === this.#carrierAt || !from) {
      this.#carrierAt = carrier
      if (!this.#isGliding) this.#draw(end)
      return
    }
    this.#carrierAt = carrier
    this.#stopGliding()
    this.#isGliding = true
    this.#stopGliding = glide(glideFor, (progress) => {
      this.#isGliding = progress < 1
      this.#draw({ x: from.x + (end.x - from.x) * progress, y: from.y + (end.y - from.y) * progress })
    })
  }

  #draw(end: Point): void {
    this.#end = end
    const path = this.#path(end)
    mark(this.#carrier, 'd', path)
    mark(this.#flow, 'd', path)
  }

  #anchor(card: Element): Point {
    const stage = this.#stage.getBoundingClientRect()
    const { left, top } = card.getBoundingClientRect()
    return { x: Math.round(left - stage.left), y: Math.round(top - stage.top) + 28 }
  }

  // Beside the servers where there is room, else above them: then the lines run down at their left.
  #path({ x, y }: Point): string {
    const stage = this.#stage.getBoundingClientRect()
    const page = this.#page.getBoundingClientRect()
    const right = page.right - stage.left
    if (right < x) {
      const from = page.top - stage.top + page.height / 2
      const middle = (right + x) / 2
      return `M${right} ${from}C${middle} ${from} ${middle} ${y} ${x} ${y}`
    }
    const trunk = x / 2 - 2
    return `M${trunk} ${page.bottom - stage.top}V${y - 12}Q${trunk} ${y} ${trunk + 10} ${y}H${x}`
  }
}
