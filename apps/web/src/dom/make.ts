/** Attributes; `on…` are listeners. `false` and undefined set nothing. */
export type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => void)>

/** Make an element. Its text is text, never markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  setAttributes(made, attributes)
  made.append(...content)
  return made
}

/** Make an element of a drawing. */
export function draw<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: Node[]
): SVGElementTagNameMap[Name] {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name)
  setAttributes(made, attributes)
  made.append(...content)
  return made
}

/** Set a text only where it differs: screen readers are not told what they know, and nothing is laid out again. */
export function say(where: Element, text: string): void {
  if (where.textContent !== text) where.textContent = text
}

/** Set an attribute only where it differs. */
export function mark(where: Element, name: string, value: string): void {
  if (where.getAttribute(name) !== value) where.setAttribute(name, value)
}

/** A label and what it labels. */
export function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  return make('label', { class: 'field' }, make('span', {}, text), control)
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
}
